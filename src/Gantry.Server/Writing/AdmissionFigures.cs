using System.Text;
using Gantry.Server.Figures;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>
/// Counts what admission does, under Kubernetes' names (<c>apiserver/pkg/admission/metrics</c>, <c>cel/metrics</c> and <c>policy/validating/metrics</c>). The
/// figures of plugins are made with the chain, so that a write adds to arrays; those of webhooks and policies cost nothing as long as there are none.
/// </summary>
internal sealed class AdmissionFigures
{
    private const string Prefix = "apiserver_admission_";
    private const string ControllerName = Prefix + "controller_admission_duration_seconds";
    private const string StepName = Prefix + "step_admission_duration_seconds";

    private static readonly double[] Bounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5];
    private static readonly double[] WebhookBounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] ConditionBounds = [0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25];
    private static readonly double[] PolicyBounds = [0.0000005, 0.001, 0.01, 0.1, 1];

    private readonly List<(string Labels, string Sort, Outcomes Counts)> _controllers = [];
    private readonly Outcomes[] _steps = [.. Enumerable.Range(0, 8).Select(_ => new Outcomes(Bounds))];
    private readonly HistogramFamily _webhooks = new(Prefix + "webhook_admission_duration_seconds", "How long webhooks took, by name and operation.", WebhookBounds);
    private readonly CounterFamily _asked = new(Prefix + "webhook_request_total", "Requests to webhooks, by the code that came of them.");
    private readonly CounterFamily _rejections = new(Prefix + "webhook_rejection_count", "Requests that webhooks refused or that failed with them.");
    private readonly CounterFamily _failedOpen = new(Prefix + "webhook_fail_open_count", "Requests that went on although a webhook failed.");
    private readonly HistogramFamily _conditions = new(Prefix + "match_condition_evaluation_seconds", "How long match conditions took.", ConditionBounds);
    private readonly CounterFamily _conditionErrors = new(Prefix + "match_condition_evaluation_errors_total", "Match conditions that could not be computed.");
    private readonly CounterFamily _conditionExclusions = new(Prefix + "match_condition_exclusions_total", "Requests that match conditions left out.");
    private readonly HistogramFamily _compiled = new("apiserver_cel_compilation_duration_seconds", "How long expressions took to compile.", DefaultBounds);
    private readonly HistogramFamily _evaluated = new("apiserver_cel_evaluation_duration_seconds", "How long expressions took to compute.", DefaultBounds);
    private readonly CounterFamily _policies = new("apiserver_validating_admission_policy_check_total", "What came of policies.");
    private readonly HistogramFamily _policyTimes = new("apiserver_validating_admission_policy_check_duration_seconds", "How long policies took.", PolicyBounds);

    /// <summary>Counts the compilation of a policy's expressions.</summary>
    public void Compiled(TimeSpan took) => _compiled.Add("", took);

    /// <summary>Counts their evaluation for a request.</summary>
    public void Evaluated(TimeSpan took) => _evaluated.Add("", took);

    /// <summary>The figures of a plugin for an operation. To be called before anything is counted.</summary>
    public Outcomes Controller(string name, AdmissionOperation operation, bool validates)
    {
        var counts = new Outcomes(Bounds);
        _controllers.Add(($"name=\"{name}\",operation=\"{Verb(operation)}\"", Sort(validates), counts));
        return counts;
    }

    public void Step(AdmissionOperation operation, bool validates, bool rejected, TimeSpan took) =>
        _steps[((int)operation * 2) + (validates ? 1 : 0)].Add(rejected, took);

    /// <summary>Counts a question to a webhook.</summary>
    /// <param name="hook">The webhook's name.</param>
    /// <param name="mutates">Of which sort it is.</param>
    /// <param name="request">The request.</param>
    /// <param name="code">The status code that came of it: 200 where it allowed, 0 where there was no answer.</param>
    /// <param name="rejected">Whether the request ended there.</param>
    /// <param name="took">How long it took.</param>
    public void Webhook(string hook, bool mutates, AdmissionRequest request, int code, bool rejected, TimeSpan took)
    {
        var (sort, flag) = (HookSort(mutates), Flag(rejected));
        _webhooks.Add(FigureText.Labels(("name", hook), ("operation", request.Verb), ("rejected", flag), ("type", sort)), took);
        _asked.Add(FigureText.Labels(("code", Code(code)), ("name", hook), ("operation", request.Verb), ("rejected", flag), ("type", sort)));
    }

    /// <summary>Counts a refusal: of the webhook itself (<c>no_error</c>), or because it could not be asked (<c>calling_webhook_error</c>, <c>apiserver_internal_error</c>).</summary>
    public void Rejection(string hook, bool mutates, AdmissionRequest request, string error, int code) => _rejections.Add(FigureText.Labels(
        ("error_type", error), ("name", hook), ("operation", request.Verb), ("rejection_code", Code(Math.Min(code, 600))), ("type", HookSort(mutates))));

    public void FailedOpen(string hook, bool mutates) => _failedOpen.Add(FigureText.Labels(("name", hook), ("type", HookSort(mutates))));

    /// <summary>Counts match conditions.</summary>
    /// <param name="name">Of which webhook or policy.</param>
    /// <param name="kind"><c>webhook</c> or <c>policy</c>.</param>
    /// <param name="sort"><c>admit</c> or <c>validating</c> for webhooks, <c>validate</c> for policies.</param>
    /// <param name="request">The request.</param>
    /// <param name="outcome">What came of them.</param>
    /// <param name="took">How long they took.</param>
    public void Conditions(string name, string kind, string sort, AdmissionRequest request, (bool Match, string? Error) outcome, TimeSpan took)
    {
        var labels = FigureText.Labels(("kind", kind), ("name", name), ("operation", request.Verb), ("type", sort));
        _conditions.Add(labels, took);
        if (outcome.Error is not null)
        {
            _conditionErrors.Add(labels);
        }
        else if (!outcome.Match)
        {
            _conditionExclusions.Add(labels);
        }
    }

    /// <summary>Counts what a policy decided for one request.</summary>
    public void Policy(string policy, string binding, string action, string error, TimeSpan took)
    {
        var labels = FigureText.Labels(("enforcement_action", action), ("error_type", error), ("policy", policy), ("policy_binding", binding));
        _policies.Add(labels);
        _policyTimes.Add(labels, took);
    }

    public void Append(StringBuilder text)
    {
        FigureText.Begin(text, ControllerName, "histogram", "How long plugins took, by name and operation.");
        foreach (var (labels, sort, counts) in _controllers)
        {
            counts.Append(text, ControllerName, labels, sort);
        }

        FigureText.Begin(text, StepName, "histogram", "How long all plugins took together, by sort and operation.");
        for (var i = 0; i < _steps.Length; i++)
        {
            _steps[i].Append(text, StepName, $"operation=\"{Verb((AdmissionOperation)(i / 2))}\"", Sort(i % 2 == 1));
        }

        _webhooks.Append(text);
        _asked.Append(text);
        _rejections.Append(text);
        _failedOpen.Append(text);
        _conditions.Append(text);
        _conditionErrors.Append(text);
        _conditionExclusions.Append(text);
        _policies.Append(text);
        _policyTimes.Append(text);
        _compiled.Append(text);
        _evaluated.Append(text);
    }

    private static string Sort(bool validates) => validates ? "validate" : "admit";

    /// <summary>The sort of a webhook, which is not called what the sort of a plugin is.</summary>
    public static string HookSort(bool mutates) => mutates ? "admit" : "validating";

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Code(int code) => code.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Verb(AdmissionOperation operation) => operation.ToString().ToUpperInvariant();

    /// <summary>How long something took, and whether it ended in a refusal.</summary>
    internal sealed class Outcomes(double[] bounds)
    {
        private readonly Histogram _passed = new(bounds);
        private readonly Histogram _rejected = new(bounds);

        public void Add(bool rejected, TimeSpan took) => (rejected ? _rejected : _passed).Add(took);

        public void Append(StringBuilder text, string name, string labels, string sort)
        {
            _passed.Append(text, name, $"{labels},rejected=\"false\",type=\"{sort}\"");
            _rejected.Append(text, name, $"{labels},rejected=\"true\",type=\"{sort}\"");
        }
    }
}
