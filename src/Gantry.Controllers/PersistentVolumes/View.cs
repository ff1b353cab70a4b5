using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>What decides about a claim.</summary>
public sealed record ClaimView
{
    public required V1PersistentVolumeClaim Claim { get; init; }

    public required IReadOnlyCollection<V1PersistentVolume> Volumes { get; init; }

    /// <summary>The class that the claim names; null when it names none or one that does not exist.</summary>
    public V1StorageClass? Class { get; init; }

    /// <summary>The node that the scheduler chose for the claim's first pod, if it is known.</summary>
    public V1Node? Node { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What decides about a volume.</summary>
public sealed record VolumeView
{
    public required V1PersistentVolume Volume { get; init; }

    /// <summary>The claim that the volume names, if there is one of that uid.</summary>
    public V1PersistentVolumeClaim? Claim { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is to be done, in order.</summary>
/// <param name="Intents">The writes.</param>
/// <param name="Events">What to tell users as long as this goes on.</param>
public sealed record VolumePlan(IReadOnlyList<Intent> Intents, IReadOnlyList<Intent> Events);
