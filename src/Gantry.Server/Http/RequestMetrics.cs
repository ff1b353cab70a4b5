using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Api.Schemas;
using Gantry.Server.Requests;

namespace Gantry.Server.Http;

/// <summary>Counts requests, for <c>/metrics</c> in Prometheus' text form.</summary>
internal sealed class RequestMetrics
{
    private static readonly double[] Bounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 60];

    private readonly ConcurrentDictionary<Labels, Counter> _requests = new();
    private readonly ConcurrentDictionary<Labels, Gauge> _open = new();
    private readonly Action<StringBuilder> _more;
    private long _reading;
    private long _mutating;
    private long _long;
    private TaskCompletionSource? _drained;

    /// <param name="more">Adds the figures of other parts.</param>
    public RequestMetrics(Action<StringBuilder> more)
    {
        _more = more;
    }

    /// <summary>Counts a request as running until it is disposed.</summary>
    public Running Begin(RequestInfo info, bool longRunning)
    {
        if (!longRunning)
        {
            var mutating = !info.IsReadOnly;
            Interlocked.Increment(ref mutating ? ref _mutating : ref _reading);
            return new Running(this, null, mutating);
        }

        Interlocked.Increment(ref _long);
        // Who asks is not known yet, so only what is served becomes a label.
        var served = ApiCatalog.Find(info.Group, info.Version, info.Resource) is not null;
        var labels = served ? new Labels(info.Verb, info.Group, info.Version, info.Resource, info.Subresource, 0) : new Labels(info.Verb, "", "", "", "", 0);
        var gauge = _open.GetOrAdd(labels, static _ => new Gauge());
        gauge.Add(1);
        return new Running(this, gauge, false);
    }

    /// <summary>Completes as soon as no request is being answered.</summary>
    public Task DrainedAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _drained, drained);
        CheckDrained();
        return drained.Task;
    }

    private void CheckDrained()
    {
        if (Volatile.Read(ref _drained) is { } drained
            && Interlocked.Read(ref _reading) + Interlocked.Read(ref _mutating) + Interlocked.Read(ref _long) == 0)
        {
            drained.TrySetResult();
        }
    }

    /// <param name="info">What was asked.</param>
    /// <param name="method">The HTTP method, which names the verb of requests that are about no resource.</param>
    /// <param name="code">The answer's status.</param>
    /// <param name="took">Null for requests whose length says nothing, such as watches.</param>
    public void End(RequestInfo info, string method, int code, TimeSpan? took)
    {
        // Paths of strangers must not become labels: there is no end to them.
        var known = info.IsResource && code != 404 && code != 403 && code != 401;
        var labels = new Labels(
            info.IsResource ? info.Verb : method, known ? info.Group : "", known ? info.Version : "", known ? info.Resource : "", known ? info.Subresource : "", code);
        _requests.GetOrAdd(labels, static _ => new Counter(Bounds.Length)).Add(took);
    }

    public byte[] Text()
    {
        var text = new StringBuilder();
        text.Append("# HELP apiserver_request_total Requests by verb, resource and answer.\n# TYPE apiserver_request_total counter\n");
        var all = _requests.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal).ToList();
        foreach (var (labels, counter) in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_total{{{labels.Text(withCode: true)}}} {counter.Total}\n");
        }

        text.Append("# HELP apiserver_request_duration_seconds How long requests took.\n# TYPE apiserver_request_duration_seconds histogram\n");
        foreach (var group in all.GroupBy(r => r.Key with { Code = 0 }))
        {
            Histogram(text, group.Key.Text(withCode: false), [.. group.Select(g => g.Value)]);
        }

        text.Append("# HELP apiserver_current_inflight_requests Requests being answered now.\n# TYPE apiserver_current_inflight_requests gauge\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_current_inflight_requests{{request_kind=\"mutating\"}} {Interlocked.Read(ref _mutating)}\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_current_inflight_requests{{request_kind=\"readOnly\"}} {Interlocked.Read(ref _reading)}\n");
        text.Append("# HELP apiserver_longrunning_requests Watches and streams that are open now.\n# TYPE apiserver_longrunning_requests gauge\n");
        foreach (var (labels, gauge) in _open.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_longrunning_requests{{{labels.Text(withCode: false)}}} {gauge.Value}\n");
        }

        _more(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Histogram(StringBuilder text, string labels, List<Counter> counters)
    {
        var below = 0L;
        for (var i = 0; i < Bounds.Length; i++)
        {
            below += counters.Sum(c => c.Bucket(i));
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_bucket{{{labels},le=\"{Bounds[i]}\"}} {below}\n");
        }

        var count = counters.Sum(c => c.Timed);
        text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}} {count}\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_sum{{{labels}}} {counters.Sum(c => c.Seconds):0.######}\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_request_duration_seconds_count{{{labels}}} {count}\n");
    }

    /// <summary>A request that is being answered.</summary>
    internal readonly struct Running(RequestMetrics owner, Gauge? open, bool mutating) : IDisposable
    {
        public void Dispose()
        {
            if (open is null)
            {
                Interlocked.Decrement(ref mutating ? ref owner._mutating : ref owner._reading);
            }
            else
            {
                open.Add(-1);
                Interlocked.Decrement(ref owner._long);
            }

            owner.CheckDrained();
        }
    }

    /// <summary>A number that goes up and down.</summary>
    internal sealed class Gauge
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long change) => Interlocked.Add(ref _value, change);
    }

    private readonly record struct Labels(string Verb, string Group, string Version, string Resource, string Subresource, int Code)
    {
        public string Text(bool withCode) =>
            $"verb=\"{Verb.ToUpperInvariant()}\",group=\"{Group}\",version=\"{Version}\",resource=\"{Resource}\",subresource=\"{Subresource}\""
            + (withCode ? string.Create(CultureInfo.InvariantCulture, $",code=\"{Code}\"") : "");
    }

    private sealed class Counter(int buckets)
    {
        private readonly long[] _buckets = new long[buckets];
        private long _total;
        private long _timed;
        private long _microseconds;

        public long Total => Interlocked.Read(ref _total);

        public long Timed => Interlocked.Read(ref _timed);

        public double Seconds => Interlocked.Read(ref _microseconds) / 1e6;

        public long Bucket(int index) => Interlocked.Read(ref _buckets[index]);

        public void Add(TimeSpan? took)
        {
            Interlocked.Increment(ref _total);
            if (took is not { } time)
            {
                return;
            }

            Interlocked.Increment(ref _timed);
            Interlocked.Add(ref _microseconds, (long)time.TotalMicroseconds);
            for (var i = 0; i < Bounds.Length; i++)
            {
                if (time.TotalSeconds <= Bounds[i])
                {
                    Interlocked.Increment(ref _buckets[i]);
                    return;
                }
            }
        }
    }
}
