namespace Gantry.Node.Pods;

/// <summary>One sandbox as the runtime has it.</summary>
/// <param name="Id">The runtime's id.</param>
/// <param name="Attempt">How many sandboxes the pod had before.</param>
/// <param name="Ready">Whether its namespaces and network are up.</param>
/// <param name="Created">When.</param>
/// <param name="Addresses">Its own addresses; none with the machine's network.</param>
public sealed record SandboxFact(string Id, uint Attempt, bool Ready, DateTimeOffset Created, IReadOnlyList<string> Addresses);
