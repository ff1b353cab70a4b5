namespace Gantry.Node.Pods;

public enum ContainerPhase
{
    Created,
    Running,
    Exited,
    Unknown,
}

/// <summary>One container as the runtime has it.</summary>
public sealed record ContainerFact
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string SandboxId { get; init; }

    /// <summary>How many containers of this name the pod had before.</summary>
    public int RestartCount { get; init; }

    public ContainerPhase Phase { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public int ExitCode { get; init; }

    /// <summary>The runtime's word for the end, such as Completed, Error, OOMKilled.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the container left as its last words, or the runtime's complaint.</summary>
    public string Message { get; init; } = "";

    /// <summary>The image's name as a pod would write it.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image's digest reference.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>What it was made from: a container whose description has another hash is made anew.</summary>
    public string Hash { get; init; } = "";

    public bool Running => Phase == ContainerPhase.Running;

    public bool Exited => Phase == ContainerPhase.Exited;

    public bool Succeeded => Exited && ExitCode == 0;
}
