using System.Globalization;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>Counts durations in buckets; any thread may add.</summary>
public sealed class Histogram
{
    private readonly double[] _bounds;
    private readonly long[] _buckets;
    private long _ticks;

    /// <param name="bounds">The upper bounds of the buckets, seconds, rising; one without bound follows.</param>
    public Histogram(double[] bounds)
    {
        _bounds = bounds;
        _buckets = new long[bounds.Length + 1];
    }

    /// <summary>How many were added.</summary>
    public long Count
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _buckets.Length; i++)
            {
                sum += Volatile.Read(ref _buckets[i]);
            }

            return sum;
        }
    }

    public void Add(TimeSpan took)
    {
        var seconds = took.TotalSeconds;
        var at = 0;
        while (at < _bounds.Length && seconds > _bounds[at])
        {
            at++;
        }

        Interlocked.Increment(ref _buckets[at]);
        Interlocked.Add(ref _ticks, took.Ticks);
    }

    /// <summary>Writes what was counted in Prometheus' text form; nothing where nothing was.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="name">The figure's name.</param>
    /// <param name="labels">Its labels, without braces; may be empty.</param>
    public void Append(StringBuilder text, string name, string labels)
    {
        if (Count == 0)
        {
            return;
        }

        var more = labels.Length == 0 ? "" : labels + ",";
        var below = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            below += Volatile.Read(ref _buckets[i]);
            var bound = i < _bounds.Length ? _bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"{bound}\"}} {below}\n");
        }

        var own = labels.Length == 0 ? "" : $"{{{labels}}}";
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{own} {TimeSpan.FromTicks(Volatile.Read(ref _ticks)).TotalSeconds:0.######}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{own} {below}\n");
    }
}
