using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>
/// One thing a planner wants done. Planners make intents, <see cref="PlanRunner"/> performs them; an intent never holds more than data.
/// </summary>
public abstract record Intent
{
    /// <summary>What users are told about the outcome; null for nothing.</summary>
    public Announcement? Announce { get; init; }

    /// <summary>Whether the plan goes on although the API refused this.</summary>
    public bool Optional { get; init; }

    internal abstract ValueTask<Performed> PerformAsync(PerformContext context, CancellationToken ct);
}
