using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Jobs;

/// <summary>What decides about a Job.</summary>
public sealed record JobView
{
    public required V1Job Job { get; init; }

    /// <summary>The pods it controls and those of its namespace that nobody controls.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>What the last plan knew about failures; new for a Job not seen before.</summary>
    public JobRetries Retries { get; init; } = JobRetries.None;

    /// <summary>Whether pods must not be made or deleted this time, because that was refused a moment ago: the plan counts what there is.</summary>
    public bool Hold { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>The failures since the last success, from which the pause before the next pod follows.</summary>
/// <param name="Failures">How many pods failed.</param>
/// <param name="Last">When the last of them did.</param>
public sealed record JobRetries(int Failures, DateTimeOffset? Last)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    public static JobRetries None { get; } = new(0, null);

    /// <summary>The rest of the pause; zero when there is none.</summary>
    public TimeSpan Rest(DateTimeOffset now) => Last is { } last ? Rest(Failures, last, now) : TimeSpan.Zero;

    /// <summary>The rest of the pause after that many failures in a row.</summary>
    public static TimeSpan Rest(int failures, DateTimeOffset last, DateTimeOffset now)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        var pause = First * Math.Pow(2, Math.Min(failures - 1, 20));
        var rest = last + (pause < Longest ? pause : Longest) - now;
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}

/// <summary>What is to be done about a Job.</summary>
/// <param name="Pods">Adoptions, then creates or deletes of pods. When one is refused, plan again with <see cref="JobView.Hold"/>.</param>
/// <param name="Tracking">The status, then finalizers to take off the pods that are listed in it.</param>
/// <param name="Retries">What to remember for the next plan.</param>
/// <param name="Look">When to look again although nothing changes; null for not at all.</param>
public sealed record JobPlan(IReadOnlyList<Intent> Pods, IReadOnlyList<Intent> Tracking, JobRetries Retries, TimeSpan? Look);
