using System.Collections.Frozen;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Accepts tokens of service accounts while the account and what the token is bound to exist (KEP-1205).</summary>
public sealed class ServiceAccountTokens : ITokenAuthenticator
{
    public const string UserPrefix = "system:serviceaccount:";
    public const string AllGroup = "system:serviceaccounts";

    /// <summary>Why a token whose signature does not fit is refused.</summary>
    internal const string BadSignature = "go-jose/go-jose: error in cryptographic primitive";

    // For clocks that differ, and for pods that still need their token while they shut down.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    private readonly TokenOptions _options;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly IBoundObjects _objects;
    private readonly TimeProvider _clock;
    private readonly FrozenSet<string> _issuers;
    private readonly IdentityFigures? _figures;
    private readonly VerifiedTokens _verified = new();

    /// <param name="options">Issuer and audiences.</param>
    /// <param name="keys">The keys whose signatures count: the one in use first, then those of earlier days.</param>
    /// <param name="objects">Finds what tokens are bound to.</param>
    /// <param name="clock">Says whether tokens are expired.</param>
    /// <param name="figures">Counts uses; null for nobody.</param>
    public ServiceAccountTokens(TokenOptions options, IReadOnlyList<SigningKey> keys, IBoundObjects objects, TimeProvider clock, IdentityFigures? figures = null)
    {
        _figures = figures;
        _options = options;
        _issuers = options.Issuers.ToFrozenSet(StringComparer.Ordinal);
        _keys = keys;
        _objects = objects;
        _clock = clock;
    }

    public static string UserName(string ns, string name) => $"{UserPrefix}{ns}:{name}";

    public static IReadOnlyList<string> GroupsOf(string ns) => [AllGroup, AllGroup + ":" + ns];

    /// <summary>Splits <c>system:serviceaccount:NAMESPACE:NAME</c>; false for other users.</summary>
    public static bool TryParseUserName(string user, out string ns, out string name)
    {
        (ns, name) = ("", "");
        if (!user.StartsWith(UserPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = user.AsSpan(UserPrefix.Length);
        var colon = rest.IndexOf(':');
        if (colon <= 0 || colon == rest.Length - 1 || rest[(colon + 1)..].Contains(':'))
        {
            return false;
        }

        (ns, name) = (rest[..colon].ToString(), rest[(colon + 1)..].ToString());
        return true;
    }

    public async ValueTask<TokenOutcome> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellation)
    {
        // Cheap questions first: only tokens that claim to be ours cost a signature check.
        if (_verified.Find(token) is not { } claims)
        {
            if (WebToken.Issuer(token) is not { } issuer || !_issuers.Contains(issuer))
            {
                return TokenOutcome.None;
            }

            if (WebToken.Verify(token, _keys) is not { } json)
            {
                return new TokenOutcome.Rejected(BadSignature);
            }

            if (ServiceAccountClaims.Parse(json) is not { } parsed)
            {
                return new TokenOutcome.Rejected("service account token claims could not be validated due to unexpected validation error");
            }

            claims = parsed;
            _verified.Remember(token, claims);
        }

        // Tokens without an audience are for the API server.
        var wanted = audiences.Count > 0 ? audiences : _options.Audiences;
        var named = claims.Audiences.Count > 0 ? claims.Audiences : _options.Audiences;
        var shared = named.Intersect(wanted, StringComparer.Ordinal).ToList();
        if (shared.Count == 0)
        {
            return new TokenOutcome.Rejected($"token audiences {GoText.List(named)} is invalid for the target audiences {GoText.List(wanted)}");
        }

        var now = _clock.GetUtcNow();
        var refusal = Expired(claims, now) ?? await CheckObjectsAsync(claims, now, cancellation).ConfigureAwait(false);
        return refusal is not null ? new TokenOutcome.Rejected(refusal) : new TokenOutcome.Known(UserOf(claims), shared) { Note = Staleness(claims, now) };
    }

    // Tokens that live for a year although they are renewed by the hour: who does not renew them is told of while it still works.
    private KeyValuePair<string, string>? Staleness(ServiceAccountClaims claims, DateTimeOffset now)
    {
        if (claims.WarnAfter == 0)
        {
            return null;
        }

        var late = now.ToUnixTimeSeconds() - claims.WarnAfter;
        _figures?.Used(late > 0 ? TokenUse.Stale : TokenUse.Valid);
        return late <= 0 ? null : new("authentication.k8s.io/stale-token", string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"subject: {claims.Subject}, seconds after warning threshold: {late}"));
    }

    private static string? Expired(ServiceAccountClaims claims, DateTimeOffset now) =>
        claims.Expires != 0 && (now - Leeway).ToUnixTimeSeconds() > claims.Expires ? "service account token has expired"
        : claims.NotBefore != 0 && (now + Leeway).ToUnixTimeSeconds() < claims.NotBefore ? "service account token is not valid yet"
        : claims.IssuedAt != 0 && (now + Leeway).ToUnixTimeSeconds() < claims.IssuedAt ? "service account token is issued in the future"
        : null;

    private async ValueTask<string?> CheckObjectsAsync(ServiceAccountClaims claims, DateTimeOffset now, CancellationToken cancellation)
    {
        var account = await _objects.FindAsync(BoundKind.ServiceAccount, claims.Namespace, claims.ServiceAccount.Name, cancellation).ConfigureAwait(false);
        if (account is null)
        {
            return $"serviceaccounts {GoText.Quote(claims.ServiceAccount.Name)} not found";
        }

        if (account.Uid != claims.ServiceAccount.Uid)
        {
            return $"service account UID ({account.Uid}) does not match claim ({claims.ServiceAccount.Uid})";
        }

        if (IsGone(account, now))
        {
            return "service account has been deleted";
        }

        (BoundKind Kind, string Words, string Namespace, BoundObject? Bound)[] parts =
        [
            (BoundKind.Secret, "secret", claims.Namespace, claims.Secret),
            (BoundKind.Pod, "pod", claims.Namespace, claims.Pod),
            // The node in a pod's token is information; it binds only where the token is for the node itself.
            (BoundKind.Node, "node", "", claims.Pod is null ? claims.Node : null),
        ];
        foreach (var (kind, words, ns, bound) in parts)
        {
            if (bound is null)
            {
                continue;
            }

            var stored = await _objects.FindAsync(kind, ns, bound.Name, cancellation).ConfigureAwait(false);
            if (stored is not null && stored.Uid != bound.Uid)
            {
                return $"{words} UID ({stored.Uid}) does not match service account {words} ref claim ({bound.Uid})";
            }

            if (stored is null || IsGone(stored, now))
            {
                return "service account token has been invalidated";
            }
        }

        return null;
    }

    private static bool IsGone(LiveObject stored, DateTimeOffset now) => stored.Deleted is { } deleted && deleted < now - Leeway;

    private static UserInfo UserOf(ServiceAccountClaims claims)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (claims.Id.Length > 0)
        {
            extra["authentication.kubernetes.io/credential-id"] = ["JTI=" + claims.Id];
        }

        if (claims.Node is not null)
        {
            extra["authentication.kubernetes.io/node-name"] = [claims.Node.Name];
            if (claims.Node.Uid.Length > 0)
            {
                extra["authentication.kubernetes.io/node-uid"] = [claims.Node.Uid];
            }
        }

        if (claims.Pod is not null)
        {
            extra["authentication.kubernetes.io/pod-name"] = [claims.Pod.Name];
            extra["authentication.kubernetes.io/pod-uid"] = [claims.Pod.Uid];
        }

        return new UserInfo
        {
            Name = UserName(claims.Namespace, claims.ServiceAccount.Name),
            Uid = claims.ServiceAccount.Uid,
            Groups = GroupsOf(claims.Namespace),
            Extra = extra,
        };
    }
}
