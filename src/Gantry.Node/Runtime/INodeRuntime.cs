namespace Gantry.Node.Runtime;

/// <summary>The runtime of a node and what it needs around it: brought up, given the pods' network, kept running.</summary>
public interface INodeRuntime
{
    IContainerRuntime Runtime { get; }

    /// <summary>Returns when the runtime answers.</summary>
    /// <exception cref="Exception">It does not come up; may be called again.</exception>
    Task StartAsync(CancellationToken ct);

    /// <summary>Wires pods with addresses of this node's share. Safe to repeat.</summary>
    Task ConnectPodsAsync(string podCidr, CancellationToken ct);

    /// <summary>Keeps it running until cancelled; pods go on then.</summary>
    Task RunAsync(CancellationToken ct);
}
