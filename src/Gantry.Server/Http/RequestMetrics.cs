using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Api.Schemas;
using Gantry.Server.Figures;
using Gantry.Server.Requests;

namespace Gantry.Server.Http;

/// <summary>Counts requests, for <c>/metrics</c> in Prometheus' text form.</summary>
internal sealed class RequestMetrics
{
    private static readonly double[] Bounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
    private static readonly double[] SizeBounds = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    private readonly ConcurrentDictionary<RequestLabels, Counter> _requests = new();
    private readonly ConcurrentDictionary<RequestLabels, Histogram> _sizes = new();
    private readonly ConcurrentDictionary<RequestLabels, Gauge> _open = new();
    private readonly CounterFamily _terminations = new("apiserver_request_terminations_total", "Requests that the server gave up to save itself.");
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
    public Running Begin(RequestInfo info, string method, bool longRunning)
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
        var gauge = _open.GetOrAdd(RequestLabels.Of(info, method, applies: false, served, 0) with { DryRun = "" }, static _ => new Gauge());
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
    /// <param name="applies">Whether it is a server-side apply.</param>
    /// <param name="code">The answer's status.</param>
    /// <param name="took">Null for requests whose length says nothing, such as watches.</param>
    public void End(RequestInfo info, string method, bool applies, int code, TimeSpan? took)
    {
        var labels = RequestLabels.Of(info, method, applies, info.IsResource && code is not (404 or 403 or 401), code);
        _requests.GetOrAdd(labels, static _ => new Counter()).Add(took);
    }

    /// <summary>Counts a request that was sent away or whose time was over.</summary>
    /// <param name="info">What was asked.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="code">The answer's status.</param>
    public void Terminated(RequestInfo info, string method, int code) => _terminations.Add(
        RequestLabels.Of(info, method, applies: false, ApiCatalog.Find(info.Group, info.Version, info.Resource) is not null, code).Text(code: true, dryRun: false));

    /// <summary>Counts the bytes of an answer to a read.</summary>
    public void Sent(RequestInfo info, string method, long bytes) => _sizes
        .GetOrAdd(RequestLabels.Of(info, method, applies: false, known: true, 0) with { DryRun = "" }, static _ => new Histogram(SizeBounds)).Add(bytes);

    public byte[] Text()
    {
        var text = new StringBuilder();
        var all = _requests.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal).ToList();
        FigureText.Begin(text, "apiserver_request_total", "counter", "Requests by verb, resource and answer.");
        foreach (var (labels, counter) in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_request_total{{{labels.Text(code: true, dryRun: true)}}} {counter.Total}\n");
        }

        FigureText.Begin(text, "apiserver_request_duration_seconds", "histogram", "How long requests took.");
        foreach (var group in all.GroupBy(r => r.Key with { Code = 0 }))
        {
            Histogram.Append(text, "apiserver_request_duration_seconds", group.Key.Text(code: false, dryRun: true), [.. group.Select(g => g.Value.Times)]);
        }

        FigureText.Begin(text, "apiserver_response_sizes", "histogram", "Bytes of answers to reads.");
        foreach (var (labels, sizes) in _sizes.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal))
        {
            sizes.Append(text, "apiserver_response_sizes", labels.Text(code: false, dryRun: false));
        }

        FigureText.Begin(text, "apiserver_current_inflight_requests", "gauge", "Requests being answered now.");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_current_inflight_requests{{request_kind=\"mutating\"}} {Interlocked.Read(ref _mutating)}\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_current_inflight_requests{{request_kind=\"readOnly\"}} {Interlocked.Read(ref _reading)}\n");
        FigureText.Begin(text, "apiserver_longrunning_requests", "gauge", "Watches and streams that are open now.");
        foreach (var (labels, gauge) in _open.OrderBy(r => r.Key.ToString(), StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_longrunning_requests{{{labels.Text(code: false, dryRun: false)}}} {gauge.Value}\n");
        }

        _terminations.Append(text);
        _more(text);
        return Encoding.UTF8.GetBytes(text.ToString());
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

    private sealed class Counter
    {
        private long _total;

        public long Total => Interlocked.Read(ref _total);

        public Histogram Times { get; } = new(Bounds);

        public void Add(TimeSpan? took)
        {
            Interlocked.Increment(ref _total);
            if (took is { } time)
            {
                Times.Add(time);
            }
        }
    }
}
