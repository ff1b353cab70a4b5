namespace Gantry.Controllers.Intents;

/// <summary>
/// Intents that do not depend on each other. They are performed in groups of 1, 2, 4, ... at once; after a refusal no further group starts, so
/// that a thousand creates that must fail (quota, broken template) fail once and not a thousand times.
/// </summary>
public sealed record Together(IReadOnlyList<Intent> Intents) : Intent
{
    public bool Equals(Together? other) => other is not null && Intents.SequenceEqual(other.Intents);

    public override int GetHashCode() => Intents.Count;

    internal override ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct) =>
        throw new InvalidOperationException("a group is performed by the runner");
}
