using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Accepts tokens of service accounts while the account and what the token is bound to exist (KEP-1205).</summary>
public sealed class ServiceAccountTokens : ITokenAuthenticator
{
    public const string UserPrefix = "system:serviceaccount:";
    public const string AllGroup = "system:serviceaccounts";

    // A pod that is being deleted still needs its token while it shuts down; a minute is what the field allows beyond its grace period.
    private static readonly TimeSpan DeletionLeeway = TimeSpan.FromSeconds(60);

    private readonly TokenOptions _options;
    private readonly IReadOnlyList<SigningKey> _keys;
    private readonly IBoundObjects _objects;
    private readonly TimeProvider _clock;
    private readonly VerifiedTokens _verified = new();

    /// <param name="options">Issuer and audiences.</param>
    /// <param name="keys">The keys whose signatures count: the one in use first, then those of earlier days.</param>
    /// <param name="objects">Finds what tokens are bound to.</param>
    /// <param name="clock">Says whether tokens are expired.</param>
    public ServiceAccountTokens(TokenOptions options, IReadOnlyList<SigningKey> keys, IBoundObjects objects, TimeProvider clock)
    {
        _options = options;
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
            if (!string.Equals(WebToken.Issuer(token), _options.Issuer, StringComparison.Ordinal))
            {
                return TokenOutcome.None;
            }

            if (WebToken.Verify(token, _keys) is not { } json || ServiceAccountClaims.Parse(json) is not { } parsed)
            {
                return new TokenOutcome.Rejected("invalid bearer token");
            }

            claims = parsed;
            _verified.Remember(token, claims);
        }

        var accepted = audiences.Count > 0 ? audiences : _options.Audiences;
        var shared = claims.Audiences.Intersect(accepted, StringComparer.Ordinal).ToList();
        if (shared.Count == 0)
        {
            return new TokenOutcome.Rejected($"token audiences {Show(claims.Audiences)} is invalid for the target audiences {Show(accepted)}");
        }

        var now = _clock.GetUtcNow();
        if (now.ToUnixTimeSeconds() >= claims.Expires)
        {
            return new TokenOutcome.Rejected("service account token has expired");
        }

        if (now.ToUnixTimeSeconds() < claims.NotBefore)
        {
            return new TokenOutcome.Rejected("service account token is not valid yet");
        }

        return await CheckObjectsAsync(claims, now, cancellation).ConfigureAwait(false) is { } refusal
            ? new TokenOutcome.Rejected(refusal)
            : new TokenOutcome.Known(UserOf(claims), shared);
    }

    private async ValueTask<string?> CheckObjectsAsync(ServiceAccountClaims claims, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!string.Equals(claims.Subject, UserName(claims.Namespace, claims.ServiceAccount.Name), StringComparison.Ordinal))
        {
            return "token subject does not match its service account";
        }

        (BoundKind Kind, string Words, string Namespace, BoundObject? Bound)[] parts =
        [
            (BoundKind.ServiceAccount, "service account", claims.Namespace, claims.ServiceAccount),
            (BoundKind.Secret, "service account token", claims.Namespace, claims.Secret),
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
            if (stored is null || (stored.Deleted is { } deleted && deleted + DeletionLeeway < now))
            {
                return $"{words} has been invalidated or deleted";
            }

            if (!string.Equals(stored.Uid, bound.Uid, StringComparison.Ordinal))
            {
                return $"{words} UID ({stored.Uid}) does not match claim ({bound.Uid})";
            }
        }

        return null;
    }

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
            extra["authentication.kubernetes.io/node-uid"] = [claims.Node.Uid];
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

    // The same text as Go's %q of a list.
    private static string Show(IReadOnlyList<string> texts) => Authorization.GoText.List(texts);
}
