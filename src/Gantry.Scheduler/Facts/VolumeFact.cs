namespace Gantry.Scheduler.Facts;

/// <summary>A persistent volume; <paramref name="NodeTerms"/> is null when it can be used from every node.</summary>
/// <param name="Claim">The claim it is bound or promised to, as <c>namespace/name</c>; empty for none.</param>
/// <param name="Available">Free to be bound.</param>
/// <param name="Capacity">Bytes it holds.</param>
public sealed record VolumeFact(
    string Name,
    string ClassName,
    string Claim,
    bool Available,
    long Capacity,
    string[] AccessModes,
    IReadOnlyDictionary<string, string> Labels,
    NodeTerm[]? NodeTerms);
