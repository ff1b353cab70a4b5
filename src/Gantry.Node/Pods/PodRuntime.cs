namespace Gantry.Node.Pods;

/// <summary>What the runtime has of one pod at one moment.</summary>
public sealed class PodRuntime
{
    public static PodRuntime Nothing { get; } = new([], []);

    /// <param name="sandboxes">In any order.</param>
    /// <param name="containers">In any order.</param>
    public PodRuntime(IEnumerable<SandboxFact> sandboxes, IEnumerable<ContainerFact> containers)
    {
        Sandboxes = [.. sandboxes.OrderByDescending(s => s.Created).ThenByDescending(s => s.Attempt)];
        Containers = [.. containers.OrderByDescending(c => c.Created).ThenByDescending(c => c.RestartCount)];
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SandboxFact> Sandboxes { get; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ContainerFact> Containers { get; }

    /// <summary>The newest sandbox, ready or not.</summary>
    public SandboxFact? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;

    /// <summary>The newest container of a name, whichever sandbox it ran in.</summary>
    public ContainerFact? Newest(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The container of a name before the newest one.</summary>
    public ContainerFact? Previous(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();

    /// <summary>The newest container of a name in the newest sandbox.</summary>
    public ContainerFact? Current(string name) => Sandbox is { } sandbox ? Containers.FirstOrDefault(c => c.Name == name && c.SandboxId == sandbox.Id) : null;
}
