using System.Globalization;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>Counts values in buckets: seconds, bytes, fractions. Any thread may add.</summary>
public sealed class Histogram
{
    // The sum is kept in whole parts, so that adding is one operation.
    private const double Parts = 1e7;

    private readonly double[] _bounds;
    private readonly long[] _buckets;
    private long _sum;

    /// <param name="bounds">The upper bounds of the buckets, rising; one without bound follows.</param>
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

    public void Add(TimeSpan took) => Add(took.TotalSeconds, took.Ticks);

    public void Add(double value) => Add(value, (long)(value * Parts));

    /// <summary>Writes what was counted in Prometheus' text form; nothing where nothing was.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="name">The figure's name.</param>
    /// <param name="labels">Its labels, without braces; may be empty.</param>
    public void Append(StringBuilder text, string name, string labels) => Append(text, name, labels, [this]);

    /// <summary>Several with the same bounds as one.</summary>
    internal static void Append(StringBuilder text, string name, string labels, IReadOnlyList<Histogram> all)
    {
        if (all.Sum(h => h.Count) == 0)
        {
            return;
        }

        var bounds = all[0]._bounds;
        var more = labels.Length == 0 ? "" : labels + ",";
        var below = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            below += all.Sum(h => Volatile.Read(ref h._buckets[i]));
            var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"{bound}\"}} {below}\n");
        }

        var own = labels.Length == 0 ? "" : $"{{{labels}}}";
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{own} {all.Sum(h => Volatile.Read(ref h._sum)) / Parts:0.######}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{own} {below}\n");
    }

    private void Add(double value, long parts)
    {
        var at = 0;
        while (at < _bounds.Length && value > _bounds[at])
        {
            at++;
        }

        Interlocked.Increment(ref _buckets[at]);
        Interlocked.Add(ref _sum, parts);
    }
}
