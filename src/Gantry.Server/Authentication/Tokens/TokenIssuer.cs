using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Issues service-account tokens: what <c>serviceaccounts/token</c> answers.</summary>
public sealed class TokenIssuer
{
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

    /// <summary>Answers a TokenRequest for the account, or tells why not. Authorization for the subresource has been asked before.</summary>
    public async ValueTask<(AuthenticationV1TokenRequest? Issued, ApiStatus? Refusal)> IssueAsync(
        string ns, string account, AuthenticationV1TokenRequest request, CancellationToken cancellation)
    {
        var owner = await _objects.FindAsync(BoundKind.ServiceAccount, ns, account, cancellation).ConfigureAwait(false);
        if (owner is null)
        {
            return (null, ApiStatus.NotFound(V1ServiceAccount.Resource, account));
        }

        if ((request.Metadata.Name.Length > 0 && request.Metadata.Name != account) || (request.Metadata.Namespace.Length > 0 && request.Metadata.Namespace != ns))
        {
            return (null, ApiStatus.BadRequest($"the name of the object ({request.Metadata.Name}) does not match the name on the URL ({account})"));
        }

        var spec = request.Spec with
        {
            Audiences = request.Spec.Audiences.Count > 0 ? request.Spec.Audiences : _options.Audiences,
            ExpirationSeconds = request.Spec.ExpirationSeconds ?? DefaultSeconds,
        };
        if (Faults(spec) is { Count: > 0 } faults)
        {
            return (null, ApiStatus.Invalid("authentication.k8s.io", "TokenRequest", request.Metadata.Name, faults));
        }

        var (bound, refusal) = await BindAsync(ns, account, spec.BoundObjectRef, cancellation).ConfigureAwait(false);
        return refusal is not null ? (null, refusal) : (Sign(ns, account, owner, request, spec, bound), null);
    }

    private AuthenticationV1TokenRequest Sign(
        string ns, string account, LiveObject owner, AuthenticationV1TokenRequest request, V1TokenRequestSpec spec, Bindings bound)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        var asked = Math.Min(spec.ExpirationSeconds ?? DefaultSeconds, (long)_options.MaximumLifetime.TotalSeconds);
        spec = spec with { ExpirationSeconds = asked };
        var extends = _options.ExtendExpiration && asked == StandardVolumeSeconds && bound.Pod is not null
            && spec.Audiences.SequenceEqual(_options.Audiences, StringComparer.Ordinal);
        var at = now.ToUnixTimeSeconds();
        var claims = new ServiceAccountClaims
        {
            Issuer = _options.Issuer,
            Subject = ServiceAccountTokens.UserName(ns, account),
            Audiences = spec.Audiences,
            IssuedAt = at,
            NotBefore = at,
            Expires = at + (extends ? ExtendedSeconds : asked),
            WarnAfter = extends ? at + asked : 0,
            Id = _newId().ToString("D"),
            Namespace = ns,
            ServiceAccount = new BoundObject(account, owner.Uid),
            Pod = bound.Pod,
            Secret = bound.Secret,
            Node = bound.Node,
        };
        return request with
        {
            Metadata = request.Metadata with { Name = account, Namespace = ns, CreationTimestamp = now },
            Spec = spec,
            Status = new V1TokenRequestStatus { Token = WebToken.Write(claims.ToJson(), _key), ExpirationTimestamp = now.AddSeconds(asked) },
        };
    }

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

        BoundKind? kind = (reference.ApiVersion, reference.Kind) switch
        {
            ("v1", "Pod") => BoundKind.Pod,
            ("v1", "Secret") => BoundKind.Secret,
            ("v1", "Node") => BoundKind.Node,
            _ => null,
        };
        if (kind is null)
        {
            var (group, version) = reference.ApiVersion.Split('/') is [var g, var v] ? (g, v) : ("", reference.ApiVersion);
            return (new Bindings(), ApiStatus.BadRequest($"cannot bind token to object of type {group}/{version}, Kind={reference.Kind}"));
        }

        var stored = await _objects.FindAsync(kind.Value, kind == BoundKind.Node ? "" : ns, reference.Name, cancellation).ConfigureAwait(false);
        if (stored is null)
        {
            return (new Bindings(), ApiStatus.NotFound("", kind == BoundKind.Pod ? "pods" : kind == BoundKind.Secret ? "secrets" : "nodes", reference.Name));
        }

        if (reference.Uid.Length > 0 && reference.Uid != stored.Uid)
        {
            return (new Bindings(), ApiStatus.Conflict(
                new ResourceType("", "v1", reference.Kind, reference.Kind, kind != BoundKind.Node, () => throw new InvalidOperationException()),
                reference.Name,
                $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated"));
        }

        if (kind == BoundKind.Pod && stored.ServiceAccount != account)
        {
            return (new Bindings(), ApiStatus.BadRequest(
                $"cannot bind token for serviceaccount {Authorization.GoText.Quote(account)} to pod running with different serviceaccount name."));
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
