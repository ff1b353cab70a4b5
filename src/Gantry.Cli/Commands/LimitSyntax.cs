using System.CommandLine;
using System.Globalization;
using Gantry.Api;
using Gantry.Server;

namespace Gantry.Cli.Commands;

/// <summary>The options of what a server answers at once, called as kube-apiserver calls them.</summary>
public sealed class LimitSyntax
{
    private static readonly RequestLimits Usual = new();

    public Option<int> Reading { get; } = Number(
        "--max-requests-inflight", "With --max-mutating-requests-inflight, the requests answered at once; flow control divides them.", Usual.MaxRequestsInFlight);

    public Option<int> Writing { get; } = Number("--max-mutating-requests-inflight", "See --max-requests-inflight.", Usual.MaxMutatingRequestsInFlight);

    public Option<TimeSpan> Timeout { get; } = SharedOptions.Duration(
        "--request-timeout", "The longest that a request may take which is no watch or stream.", Usual.RequestTimeout);

    public Option<TimeSpan> StopDelay { get; } = SharedOptions.Duration(
        "--shutdown-delay-duration", "How long requests are answered as before, but for /readyz, after the server was told to stop.", Usual.StopDelay);

    public IEnumerable<Option> All => [Reading, Writing, Timeout, StopDelay];

    public RequestLimits Read(ParseResult parsed) => new()
    {
        MaxRequestsInFlight = parsed.GetValue(Reading),
        MaxMutatingRequestsInFlight = parsed.GetValue(Writing),
        RequestTimeout = parsed.GetValue(Timeout),
        StopDelay = parsed.GetValue(StopDelay),
    };

    /// <summary>The words that give another process the same options.</summary>
    public static IEnumerable<string> Words(RequestLimits limits) => limits == Usual ? [] :
    [
        "--max-requests-inflight", limits.MaxRequestsInFlight.ToString(CultureInfo.InvariantCulture),
        "--max-mutating-requests-inflight", limits.MaxMutatingRequestsInFlight.ToString(CultureInfo.InvariantCulture),
        "--request-timeout", GoDuration.Format(limits.RequestTimeout),
        "--shutdown-delay-duration", GoDuration.Format(limits.StopDelay),
    ];

    private static Option<int> Number(string name, string description, int usual) => new(name)
    {
        Description = description, HelpName = "N", DefaultValueFactory = _ => usual,
    };
}
