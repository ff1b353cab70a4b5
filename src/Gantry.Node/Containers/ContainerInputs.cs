using Gantry.Node.Cri;

namespace Gantry.Node.Containers;

/// <summary>All that a container is made from besides its pod's specification.</summary>
public sealed record ContainerInputs
{
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required IReadOnlyList<Mount> Mounts { get; init; }

    /// <summary>What the runtime calls the image.</summary>
    public required string ImageRef { get; init; }

    public required ImageUser User { get; init; }

    public required int RestartCount { get; init; }

    /// <summary>The id of the container whose processes this one sees; null: its own or the pod's.</summary>
    public string? ProcessesOf { get; init; }

    /// <summary>The machine's memory in bytes.</summary>
    public required long Memory { get; init; }

    public required bool UnifiedCgroups { get; init; }

    public required string SeccompDirectory { get; init; }
}
