namespace Gantry.Server;

/// <summary>How much an API server answers at once, and for how long. Immutable; faults are found by <see cref="Check"/>.</summary>
public sealed record RequestLimits
{
    /// <summary>How many requests that only read are answered at once; with <see cref="MaxMutatingRequestsInFlight"/> it makes up the seats that flow control divides.</summary>
    public int MaxRequestsInFlight { get; init; } = 400;

    /// <summary>How many requests that write are answered at once.</summary>
    public int MaxMutatingRequestsInFlight { get; init; } = 200;

    /// <summary>The longest that a request may take which is no watch or stream.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The most bytes of lists that are in memory as a whole while they are sent: tables, protobuf, YAML. JSON lists are sent from the kept objects.
    /// </summary>
    public long MaxListBytes { get; init; } = 256 << 20;

    /// <summary>How long the server goes on as before after it was told to stop, but for <c>/readyz</c>: load balancers need that long to notice.</summary>
    public TimeSpan StopDelay { get; init; }

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (MaxRequestsInFlight < 0 || MaxMutatingRequestsInFlight < 0 || MaxRequestsInFlight + (long)MaxMutatingRequestsInFlight is < 1 or > 1_000_000)
        {
            yield return ("maxRequestsInFlight", "must not be negative, and with maxMutatingRequestsInFlight be 1 to 1000000");
        }

        if (MaxListBytes < 1 << 20)
        {
            yield return ("maxListBytes", "must be at least 1048576");
        }

        if (RequestTimeout < TimeSpan.FromSeconds(1))
        {
            yield return ("requestTimeout", "must be at least 1s");
        }

        if (StopDelay < TimeSpan.Zero)
        {
            yield return ("stopDelay", "must not be negative");
        }
    }
}
