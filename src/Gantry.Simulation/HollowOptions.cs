using Gantry.Api;

namespace Gantry.Simulation;

/// <summary>Nodes that run nothing, and say that they run everything.</summary>
public sealed record HollowOptions
{
    /// <summary>How many nodes.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Node names are this and a number from 0.</summary>
    public string Prefix { get; init; } = "hollow-";

    /// <summary>What each node offers.</summary>
    public IReadOnlyDictionary<string, Quantity> Capacity { get; init; } = new Dictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Quantity.Parse("32"),
        ["memory"] = Quantity.Parse("256Gi"),
        ["pods"] = Quantity.Parse("110"),
        ["ephemeral-storage"] = Quantity.Parse("1Ti"),
    };

    /// <summary>How often a node says that it lives; a quarter of what it takes to be missed.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a container takes to start.</summary>
    public TimeSpan StartsAfter { get; init; }

    /// <summary>How long a pod that is not to be restarted forever runs before it succeeds; null: it never ends.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>How many pod statuses are written at once.</summary>
    public int Workers { get; init; } = 16;

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (Count is < 1 or > 50_000)
        {
            yield return "simulation.count must be 1 to 50000";
        }

        if (Heartbeat <= TimeSpan.Zero || Workers < 1)
        {
            yield return "simulation.heartbeat and workers must be positive";
        }
    }

    public string NodeName(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Prefix}{number}");
}
