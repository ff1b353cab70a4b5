using System.Globalization;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>
/// Values that are weighed by how long they were so (Kubernetes' timing histograms: an observation at the end of every nanosecond). All that belong together
/// are kept by one look at the clock.
/// </summary>
public abstract class TimingFigures
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly double[][] _bounds;
    private readonly double[] _values;
    private readonly int[] _at;
    private readonly long[][] _ticks;
    private readonly double[] _sums;
    private readonly double[] _next;
    private long _since;
    private long _begun;
    private double _integral;
    private double _squares;

    /// <param name="clock">Tells how long.</param>
    /// <param name="bounds">The upper bounds of the buckets of each value, rising; none for a value of which only <see cref="Moments"/> are wanted, the last.</param>
    protected TimingFigures(TimeProvider clock, params double[][] bounds)
    {
        _clock = clock;
        _bounds = bounds;
        _values = new double[bounds.Length];
        _next = new double[bounds.Length];
        _at = new int[bounds.Length];
        _sums = new double[bounds.Length];
        _ticks = [.. bounds.Select(b => new long[b.Length + 1])];
        _since = _begun = clock.GetTimestamp();
    }

    /// <summary>Notes that values have changed. Goes after each change; what is noted is what is read now, so that nobody's change is lost.</summary>
    public void Touch()
    {
        lock (_lock)
        {
            Account();
            Read(_next);
            for (var i = 0; i < _values.Length; i++)
            {
                if (_next[i] != _values[i])
                {
                    _values[i] = _next[i];
                    _at[i] = Bucket(_bounds[i], _next[i]);
                }
            }
        }
    }

    /// <summary>Average and standard deviation of the last value since this was asked last.</summary>
    public (double Average, double Deviation) Moments()
    {
        lock (_lock)
        {
            Account();
            var elapsed = _clock.GetElapsedTime(_begun, _since).TotalSeconds;
            var average = elapsed > 0 ? _integral / elapsed : 0;
            var deviation = elapsed > 0 ? Math.Sqrt(Math.Max(0, (_squares / elapsed) - (average * average))) : 0;
            (_integral, _squares, _begun) = (0, 0, _since);
            return (average, deviation);
        }
    }

    /// <summary>Writes one of the values as a histogram whose counts are nanoseconds.</summary>
    public void Append(StringBuilder text, string name, string labels, int value)
    {
        lock (_lock)
        {
            Account();
            var below = 0L;
            for (var i = 0; i < _ticks[value].Length; i++)
            {
                below += _ticks[value][i];
                var bound = i < _bounds[value].Length ? _bounds[value][i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels},le=\"{bound}\"}} {below * 100}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {_sums[value] * 100:0.######}\n{name}_count{{{labels}}} {below * 100}\n");
        }
    }

    /// <summary>The values as they are now. Called under a lock: only looks.</summary>
    protected abstract void Read(Span<double> values);

    private static int Bucket(double[] bounds, double value)
    {
        var at = 0;
        while (at < bounds.Length && value > bounds[at])
        {
            at++;
        }

        return at;
    }

    private void Account()
    {
        var now = _clock.GetTimestamp();
        var elapsed = _clock.GetElapsedTime(_since, now);
        _since = now;
        for (var i = 0; i < _values.Length; i++)
        {
            _ticks[i][_at[i]] += elapsed.Ticks;
            _sums[i] += _values[i] * elapsed.Ticks;
        }

        var last = _values[^1];
        _integral += last * elapsed.TotalSeconds;
        _squares += last * last * elapsed.TotalSeconds;
    }
}
