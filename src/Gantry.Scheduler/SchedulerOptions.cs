namespace Gantry.Scheduler;

/// <summary>Settings of the scheduler. Defaults are those of Kubernetes 1.32 where it has them.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Only pods whose spec.schedulerName is this are placed; events carry it as their source.</summary>
    public string Name { get; init; } = "default-scheduler";

    /// <summary>Per cent of the nodes that must be found fitting before scoring starts; 0 adapts: 50 less one for every 125 nodes, at least 5.</summary>
    public int PercentageOfNodesToScore { get; init; }

    /// <summary>Seed for breaking ties between equal scores.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Wait before the second try of a pod; doubled for each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A pod no event has moved is tried again after this long, in case an event was misjudged.</summary>
    public TimeSpan MaxUnschedulable { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Writes under way at once. In-process a write is short; more would only queue in the store's writer.</summary>
    public int WriteConcurrency { get; init; } = 32;

    /// <summary>Returns every problem with these settings, each with the option's name.</summary>
    public IEnumerable<string> Check()
    {
        if (Name.Length == 0)
        {
            yield return "scheduler.name: must not be empty";
        }

        if (PercentageOfNodesToScore is < 0 or > 100)
        {
            yield return "scheduler.percentageOfNodesToScore: must be 0 to 100";
        }

        if (InitialBackoff <= TimeSpan.Zero || MaxBackoff < InitialBackoff)
        {
            yield return "scheduler.backoff: the first wait must be positive and not above the longest";
        }

        if (MaxUnschedulable <= TimeSpan.Zero)
        {
            yield return "scheduler.maxUnschedulable: must be positive";
        }

        if (WriteConcurrency is < 1 or > 1024)
        {
            yield return "scheduler.writeConcurrency: must be 1 to 1024";
        }
    }
}
