using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CronJobs;

/// <summary>What decides about a CronJob.</summary>
public sealed record CronView
{
    public required V1CronJob CronJob { get; init; }

    /// <summary>The Jobs it controls.</summary>
    public required IReadOnlyList<V1Job> Jobs { get; init; }

    /// <summary>The zone of schedules that name none.</summary>
    public required TimeZoneInfo LocalZone { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is to be done about a CronJob.</summary>
/// <param name="Intents">Deletions of old Jobs and the new one, in order; the status follows.</param>
/// <param name="Status">The status after that.</param>
/// <param name="Events">What to tell users about the view.</param>
/// <param name="Made">The Job that the plan makes; null for none.</param>
/// <param name="Look">When the next one is due; null when none is.</param>
public sealed record CronPlan(IReadOnlyList<Intent> Intents, V1CronJobStatus Status, IReadOnlyList<Intent> Events, V1Job? Made, TimeSpan? Look);
