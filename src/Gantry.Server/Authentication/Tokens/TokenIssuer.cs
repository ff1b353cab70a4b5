using System.Globalization;
using Gantry.Api.Models;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Issues service-account tokens: what <c>serviceaccounts/token</c> answers.</summary>
public sealed class TokenIssuer
{
    private const string Api = "authentication.k8s.io";
    private const string Kind = "TokenRequest";
    private const long MinimumSeconds = 600;
    private const long MaximumSeconds = 1L << 32;
    private const long DefaultSeconds = 3600;

    // Seven seconds more than an hour mark tokens of the pods' standard volume, the ones that may be extended (KEP-2907).
    private const long StandardVolumeSeconds = 3607;
    private const long ExtendedSeconds = 365 * 24 * 3600;

    private readonly TokenOptions _options;
    private readonly SigningKey _key;
    private readonly IBoundObjects _objects;
    private readonly TimeProvider _clock;
    private readonly Func<Guid> _newId;

    /// <param name="options">Issuer, audiences and limits.</param>
    /// <param name="key">The private key that signs.</param>
    /// <param name="objects">Finds the account and what the token is to be bound to.</param>
    /// <param name="clock">Gives the time of issue.</param>
    /// <param name="newId">Gives each token its id.</param>
    public TokenIssuer(TokenOptions options, SigningKey key, IBoundObjects objects, TimeProvider clock, Func<Guid> newId)
    {
        _options = options;
        _key = key;
        _objects = objects;
        _clock = clock;
        _newId = newId;
    }

    /// <summary>The token of an account that a Secret keeps: bound to the Secret, without an end of its own.</summary>
    public string IssueForSecret(string ns, string account, string accountUid, string secret) =>
        WebToken.Write(new LegacyClaims(ns, secret, account, accountUid, ServiceAccountTokens.UserName(ns, account)).ToJson(), _key);

    /// <summary>Fills in and checks what can be known of a TokenRequest without the objects it speaks of, as it is shown to admission.</summary>
    public async ValueTask<(AuthenticationV1TokenRequest? Request, ApiStatus? Refusal)> PrepareAsync(
        string ns, string account, AuthenticationV1TokenRequest request, CancellationToken cancellation)
    {
        if (request.Metadata.Name.Length > 0 && request.Metadata.Name != account)
        {
            return (null, Invalid(account, FieldError.Invalid("metadata.name", request.Metadata.Name, "must match the service account name if specified")));
        }

        if (request.Metadata.Namespace.Length > 0 && request.Metadata.Namespace != ns)
        {
            return (null, Invalid(account, FieldError.Invalid("metadata.namespace", request.Metadata.Namespace, "must match the service account namespace if specified")));
        }

        if (await _objects.FindAsync(BoundKind.ServiceAccount, ns, account, cancellation).ConfigureAwait(false) is null)
        {
            return (null, ApiStatus.NotFound(V1ServiceAccount.Resource, account));
        }

        var spec = request.Spec with
        {
            Audiences = request.Spec.Audiences.Count > 0 ? request.Spec.Audiences : _options.Audiences,
            ExpirationSeconds = request.Spec.ExpirationSeconds ?? DefaultSeconds,
        };
        var now = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        return Faults(spec) is { Count: > 0 } faults ? (null, ApiStatus.Invalid(Api, Kind, "", faults))
            : (request with { Metadata = request.Metadata with { Name = account, Namespace = ns, CreationTimestamp = now }, Spec = spec, Status = new V1TokenRequestStatus() }, null);
    }

    /// <summary>Answers a prepared TokenRequest for the account, or tells why not. Authorization and admission have been asked before.</summary>
    public async ValueTask<(TokenGrant? Issued, ApiStatus? Refusal)> IssueAsync(
        string ns, string account, AuthenticationV1TokenRequest request, CancellationToken cancellation)
    {
        var owner = await _objects.FindAsync(BoundKind.ServiceAccount, ns, account, cancellation).ConfigureAwait(false);
        if (owner is null)
        {
            return (null, ApiStatus.NotFound(V1ServiceAccount.Resource, account));
        }

        var (bound, refusal) = await BindAsync(ns, account, request.Spec.BoundObjectRef, cancellation).ConfigureAwait(false);
        return refusal is not null ? (null, refusal) : (Sign(ns, account, owner, request, bound), null);
    }

    private TokenGrant Sign(string ns, string account, LiveObject owner, AuthenticationV1TokenRequest request, Bindings bound)
    {
        var seconds = request.Spec.ExpirationSeconds ?? DefaultSeconds;
        var most = (long)_options.MaximumLifetime.TotalSeconds;
        var warning = most > 0 && seconds > most
            ? string.Create(CultureInfo.InvariantCulture, $"requested expiration of {seconds} seconds shortened to {most} seconds") : null;
        seconds = warning is null ? seconds : most;
        var extends = _options.ExtendExpiration && seconds == StandardVolumeSeconds && bound.Pod is not null
            && request.Spec.Audiences.All(a => _options.Audiences.Contains(a, StringComparer.Ordinal));
        var now = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        var at = now.ToUnixTimeSeconds();
        var claims = new ServiceAccountClaims
        {
            Issuer = _options.Issuer,
            Subject = ServiceAccountTokens.UserName(ns, account),
            Audiences = request.Spec.Audiences,
            IssuedAt = at,
            NotBefore = at,
            Expires = at + (extends ? ExtendedSeconds : seconds),
            WarnAfter = extends ? at + seconds : 0,
            Id = _newId().ToString("D"),
            Namespace = ns,
            ServiceAccount = new BoundObject(account, owner.Uid),
            Pod = bound.Pod,
            Secret = bound.Secret,
            Node = bound.Node,
        };
        var issued = request with
        {
            Spec = request.Spec with { ExpirationSeconds = seconds },
            Status = new V1TokenRequestStatus { Token = WebToken.Write(claims.ToJson(), _key), ExpirationTimestamp = now.AddSeconds(seconds) },
        };
        return new TokenGrant(issued, claims.Id, warning);
    }

    private static ApiStatus Invalid(string account, FieldError fault) => ApiStatus.Invalid(Api, Kind, account, [fault]);

    private static List<FieldError> Faults(V1TokenRequestSpec spec)
    {
        var faults = new List<FieldError>();
        if (spec.ExpirationSeconds < MinimumSeconds)
        {
            faults.Add(FieldError.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration less than 10 minutes"));
        }

        if (spec.ExpirationSeconds > MaximumSeconds)
        {
            faults.Add(FieldError.Invalid("spec.expirationSeconds", spec.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds"));
        }

        return faults;
    }

    private async ValueTask<(Bindings Bound, ApiStatus? Refusal)> BindAsync(
        string ns, string account, V1BoundObjectReference? reference, CancellationToken cancellation)
    {
        if (reference is null)
        {
            return (new Bindings(), null);
        }

        var (group, version) = reference.ApiVersion.Split('/') is [var g, var v] ? (g, v) : ("", reference.ApiVersion);
        BoundKind? kind = (group, reference.Kind) switch
        {
            ("", "Pod") => BoundKind.Pod,
            ("", "Secret") => BoundKind.Secret,
            ("", "Node") => BoundKind.Node,
            _ => null,
        };
        if (kind is null)
        {
            return (new Bindings(), ApiStatus.BadRequest($"cannot bind token to object of type {group}/{version}, Kind={reference.Kind}"));
        }

        if (reference.Name.Length == 0)
        {
            return (new Bindings(), ApiStatus.BadRequest("Name parameter required."));
        }

        var stored = await _objects.FindAsync(kind.Value, kind == BoundKind.Node ? "" : ns, reference.Name, cancellation).ConfigureAwait(false);
        if (stored is null)
        {
            return (new Bindings(), ApiStatus.NotFound("", kind == BoundKind.Pod ? "pods" : kind == BoundKind.Secret ? "secrets" : "nodes", reference.Name));
        }

        if (kind == BoundKind.Pod && stored.ServiceAccount != account)
        {
            return (new Bindings(), ApiStatus.BadRequest(
                $"cannot bind token for serviceaccount {Authorization.GoText.Quote(account)} to pod running with different serviceaccount name."));
        }

        if (reference.Uid.Length > 0 && reference.Uid != stored.Uid)
        {
            return (new Bindings(), ApiStatus.Conflict(
                "", reference.Kind, reference.Name,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated"));
        }

        var bound = new BoundObject(reference.Name, stored.Uid);
        return kind switch
        {
            BoundKind.Pod => (new Bindings { Pod = bound, Node = await NodeOfAsync(stored, cancellation).ConfigureAwait(false) }, null),
            BoundKind.Secret => (new Bindings { Secret = bound }, null),
            _ => (new Bindings { Node = bound }, null),
        };
    }

    private async ValueTask<BoundObject?> NodeOfAsync(LiveObject pod, CancellationToken cancellation)
    {
        if (pod.NodeName.Length == 0)
        {
            return null;
        }

        // A pod may be bound to a node that is not there (any more); its name is still worth having in the token.
        var node = await _objects.FindAsync(BoundKind.Node, "", pod.NodeName, cancellation).ConfigureAwait(false);
        return new BoundObject(pod.NodeName, node?.Uid ?? "");
    }

    private sealed record Bindings
    {
        public BoundObject? Pod { get; init; }

        public BoundObject? Secret { get; init; }

        public BoundObject? Node { get; init; }
    }
}
