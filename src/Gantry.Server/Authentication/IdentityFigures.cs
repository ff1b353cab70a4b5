using System.Globalization;
using System.Text;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Figures;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication;

/// <summary>Counts who was let in and what was allowed, under Kubernetes' names (<c>apiserver/pkg/endpoints/filters</c>, <c>pkg/serviceaccount</c>).</summary>
public sealed class IdentityFigures
{
    private static readonly double[] Bounds = [.. Enumerable.Range(0, 15).Select(i => 0.001 * (1 << i))];
    private static readonly string[] Attempts = ["success", "failure", "error"];
    private static readonly string[] Decisions = ["allowed", "denied", "no-opinion", "error"];
    private static readonly string[] Users = ["admin", "client", "kube_proxy", "kubelet", "system:serviceaccount:kube-system:default", "email_id", "other"];

    private static readonly (TokenUse Use, string Name, string Help)[] Tokens =
    [
        (TokenUse.Legacy, "legacy_tokens_total", "Uses of tokens from secrets."),
        (TokenUse.LegacyAuto, "legacy_auto_token_uses_total", "Uses of tokens from secrets that were made for accounts."),
        (TokenUse.LegacyManual, "legacy_manual_token_uses_total", "Uses of tokens from secrets that somebody made."),
        (TokenUse.LegacyInvalid, "invalid_legacy_auto_token_uses_total", "Uses of tokens from secrets that are marked as invalid."),
        (TokenUse.Stale, "stale_tokens_total", "Uses of pods' tokens that should have been renewed."),
        (TokenUse.Valid, "valid_tokens_total", "Uses of pods' tokens that were renewed in time."),
    ];

    private readonly Histogram[] _authentications = [.. Attempts.Select(_ => new Histogram(Bounds))];
    private readonly Histogram[] _decisions = [.. Decisions.Select(_ => new Histogram(Bounds))];
    private readonly long[] _users = new long[Users.Length];
    private readonly long[] _tokens = new long[Enum.GetValues<TokenUse>().Length];

    internal void Authenticated(AuthenticationOutcome outcome, TimeSpan took)
    {
        _authentications[outcome switch { AuthenticationOutcome.Known => 0, AuthenticationOutcome.NoCredentials => 1, _ => 2 }].Add(took);
        if (outcome is AuthenticationOutcome.Known { User.Name: var name })
        {
            var known = Array.IndexOf(Users, name);
            Interlocked.Increment(ref _users[known is >= 0 and < 5 ? known : name.Contains('@', StringComparison.Ordinal) ? 5 : 6]);
        }
    }

    internal void Decided(AuthorizationDecision decision, TimeSpan took) => _decisions[decision switch
    {
        { Opinion: Opinion.Allow } => 0,
        { Error: not null } => 3,
        { Opinion: Opinion.Deny } => 1,
        _ => 2,
    }].Add(took);

    internal void Used(TokenUse use) => Interlocked.Increment(ref _tokens[(int)use]);

    internal void Append(StringBuilder text)
    {
        Attempted(text, "authentication_attempts", "authentication_duration_seconds", Attempts, _authentications);
        Attempted(text, "authorization_attempts_total", "authorization_duration_seconds", Decisions, _decisions);
        FigureText.Begin(text, "authenticated_user_requests", "counter", "Requests by user, as far as users are known to everybody.");
        for (var i = 0; i < Users.Length; i++)
        {
            if (Interlocked.Read(ref _users[i]) is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $"authenticated_user_requests{{username=\"{Users[i]}\"}} {count}\n");
            }
        }

        foreach (var (use, name, help) in Tokens)
        {
            FigureText.Begin(text, "serviceaccount_" + name, "counter", help);
            text.Append(CultureInfo.InvariantCulture, $"serviceaccount_{name} {Interlocked.Read(ref _tokens[(int)use])}\n");
        }
    }

    private static void Attempted(StringBuilder text, string total, string duration, string[] results, Histogram[] times)
    {
        FigureText.Begin(text, total, "counter", "By result.");
        for (var i = 0; i < results.Length; i++)
        {
            if (times[i].Count is > 0 and var count)
            {
                text.Append(CultureInfo.InvariantCulture, $"{total}{{result=\"{results[i]}\"}} {count}\n");
            }
        }

        FigureText.Begin(text, duration, "histogram", "How long it took, by result.");
        for (var i = 0; i < results.Length; i++)
        {
            times[i].Append(text, duration, $"result=\"{results[i]}\"");
        }
    }
}
