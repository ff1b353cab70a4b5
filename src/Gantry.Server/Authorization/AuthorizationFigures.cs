using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Server.Figures;

namespace Gantry.Server.Authorization;

/// <summary>Counts who decided what, and how deciding servers answered, under Kubernetes' names (<c>apiserver/pkg/authorization/metrics</c>).</summary>
internal sealed class AuthorizationFigures
{
    private const string Webhook = "apiserver_authorization_webhook_";
    private const string Conditions = "apiserver_authorization_match_condition_";

    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Type, string Name), Tally> _tallies = [];
    private readonly CounterFamily _evaluations = new(Webhook + "evaluations_total", "Questions to deciding servers, by what came of them.");
    private readonly HistogramFamily _durations = new(Webhook + "duration_seconds", "How long deciding servers took.", Bounds);
    private readonly CounterFamily _failedOpen = new(Webhook + "evaluations_fail_open_total", "Questions that the next authorizer was asked because a server failed.");
    private readonly CounterFamily _conditionErrors = new(Conditions + "evaluation_errors_total", "Match conditions that could not be computed.");
    private readonly CounterFamily _exclusions = new(Conditions + "exclusions_total", "Questions that match conditions kept from a server.");

    /// <summary>Where the decisions of an authorizer are counted; the same for one that comes back after a reload.</summary>
    public Tally Of(string type, string name) => _tallies.GetOrAdd((type, name), static _ => new Tally());

    /// <summary>Counts a question.</summary>
    /// <param name="name">The server's name.</param>
    /// <param name="problem">Why there is no answer, or null.</param>
    /// <param name="failsOpen">Whether the next authorizer is asked then.</param>
    /// <param name="took">How long it took.</param>
    public void Asked(string name, string? problem, bool failsOpen, TimeSpan took)
    {
        var result = problem is null ? "success" : problem.Contains("context deadline exceeded", StringComparison.Ordinal) ? "timeout" : "error";
        var labels = FigureText.Labels(("name", name), ("result", result));
        _evaluations.Add(labels);
        _durations.Add(labels, took);
        if (problem is not null && failsOpen)
        {
            _failedOpen.Add(labels);
        }
    }

    /// <summary>Counts a question that conditions kept from a server.</summary>
    public void Excluded(string name, bool failed) => (failed ? _conditionErrors : _exclusions).Add(FigureText.Labels(("name", name), ("type", "Webhook")));

    public void Append(StringBuilder text)
    {
        FigureText.Begin(text, "apiserver_authorization_decisions_total", "counter", "Decisions by authorizer.");
        foreach (var ((type, name), tally) in _tallies.OrderBy(t => t.Key.Name, StringComparer.Ordinal))
        {
            foreach (var (decision, count) in new[] { ("allowed", tally.Allowed), ("denied", tally.Denied) })
            {
                if (count > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"apiserver_authorization_decisions_total{{{FigureText.Labels(("decision", decision), ("name", name), ("type", type))}}} {count}\n");
                }
            }
        }

        _evaluations.Append(text);
        _durations.Append(text);
        _failedOpen.Append(text);
        _conditionErrors.Append(text);
        _exclusions.Append(text);
    }

    /// <summary>The decisions of one authorizer.</summary>
    internal sealed class Tally
    {
        private long _allowed;
        private long _denied;

        public long Allowed => Interlocked.Read(ref _allowed);

        public long Denied => Interlocked.Read(ref _denied);

        public void Add(bool allowed) => Interlocked.Increment(ref allowed ? ref _allowed : ref _denied);
    }
}
