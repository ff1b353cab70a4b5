using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;
using Gantry.Server.Registry;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>
/// Tokens with which new nodes introduce themselves: Secrets <c>bootstrap-token-ID</c> of <c>kube-system</c>. What is missing, wrong, expired or
/// not meant for authentication is no token at all. Rules: Kubernetes documentation, "Authenticating with Bootstrap Tokens".
/// </summary>
public sealed class BootstrapTokens : ITokenAuthenticator
{
    public const string SecretType = "bootstrap.kubernetes.io/token";
    private const string Namespace = "kube-system";
    private const string EveryGroup = "system:bootstrappers";
    private const int IdLength = 6;
    private const int SecretLength = 16;

    private readonly IObjects _objects;
    private readonly TimeProvider _clock;

    public BootstrapTokens(IObjects objects, TimeProvider clock)
    {
        _objects = objects;
        _clock = clock;
    }

    public ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation) =>
        ValueTask.FromResult(HasForm(token) ? Find(token[..IdLength], token[(IdLength + 1)..]) : TokenOutcome.None);

    private TokenOutcome Find(string id, string secret)
    {
        if (_objects.Get<V1Secret>(Namespace, "bootstrap-token-" + id) is not { Type: SecretType } kept || kept.Metadata.DeletionTimestamp is not null
            || !CryptographicOperations.FixedTimeEquals(kept.Data.GetValueOrDefault("token-secret", []), Encoding.ASCII.GetBytes(secret))
            || Text(kept, "token-id") != id || IsExpired(Text(kept, "expiration")) || Text(kept, "usage-bootstrap-authentication") != "true"
            || Groups(Text(kept, "auth-extra-groups")) is not { } groups)
        {
            return TokenOutcome.None;
        }

        return new TokenOutcome.Known(new UserInfo { Name = "system:bootstrap:" + id, Groups = groups }, []);
    }

    // An end that cannot be read has passed.
    private bool IsExpired(string expiration) => expiration.Length > 0
        && (!DateTimeOffset.TryParse(expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) || end <= _clock.GetUtcNow());

    private static List<string>? Groups(string extra)
    {
        var groups = new SortedSet<string>(StringComparer.Ordinal) { EveryGroup };
        foreach (var group in extra.Length == 0 ? [] : extra.Split(','))
        {
            if (!IsGroup(group))
            {
                return null;
            }

            _ = groups.Add(group);
        }

        return [.. groups];
    }

    private static string Text(V1Secret secret, string key) => Encoding.UTF8.GetString(secret.Data.GetValueOrDefault(key, []));

    private static bool HasForm(string token) =>
        token.Length == IdLength + 1 + SecretLength && token[IdLength] == '.' && !token.Where((c, i) => i != IdLength && !IsPlain(c)).Any();

    private static bool IsGroup(string group) =>
        group.StartsWith(EveryGroup + ":", StringComparison.Ordinal) && group[(EveryGroup.Length + 1)..] is { Length: > 0 and <= 256 } name
        && name.All(c => IsPlain(c) || c is ':' or '-') && IsPlain(name[^1]);

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
