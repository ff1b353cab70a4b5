namespace Gantry.Node.Pods;

/// <summary>
/// The pauses between restarts of one pod's containers: none after the first end, then 10 s doubling to 5 min. A container that ran
/// for 10 min since its last restart starts over. Used by its pod's worker alone.
/// </summary>
public sealed class RestartBackoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The pause that a container which ended at <paramref name="finished"/> has earned.</summary>
    public TimeSpan Pause(string container, DateTimeOffset finished) =>
        _entries.TryGetValue(container, out var entry) && finished - entry.Restarted <= Forgiven ? entry.Pause : TimeSpan.Zero;

    /// <summary>When a container that ended at <paramref name="finished"/> may start again.</summary>
    public DateTimeOffset Due(string container, DateTimeOffset finished) => finished + Pause(container, finished);

    /// <summary>Records a restart of a container that ended at <paramref name="finished"/>.</summary>
    public void Restarted(string container, DateTimeOffset finished, DateTimeOffset now)
    {
        var before = Pause(container, finished);
        var pause = before == TimeSpan.Zero ? First : TimeSpan.FromTicks(Math.Min(before.Ticks * 2, Longest.Ticks));
        _entries[container] = new Entry(pause, now);
    }

    /// <summary>
    /// Takes over a container that ended before this process began: so many restarts have earned it a pause. Without effect where
    /// something is known of it.
    /// </summary>
    public void Adopt(string container, int restarts, DateTimeOffset restarted)
    {
        if (restarts > 0 && !_entries.ContainsKey(container))
        {
            var pause = First * Math.Pow(2, Math.Min(restarts - 1, 10));
            _entries[container] = new Entry(pause < Longest ? pause : Longest, restarted);
        }
    }

    private sealed record Entry(TimeSpan Pause, DateTimeOffset Restarted);
}
