namespace Gantry.Network.Facts;

/// <summary>One port of a Service. <paramref name="NodePort"/> is 0 when there is none; <paramref name="Name"/> is empty for an unnamed port.</summary>
public sealed record ServicePortFact(string Name, Transport Transport, int Port, int NodePort = 0);
