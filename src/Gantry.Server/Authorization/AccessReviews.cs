using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authorization;

/// <summary>Answers the questions of <c>authorization.k8s.io</c>: may somebody, may I, and what may I.</summary>
public sealed class AccessReviews
{
    private const string ApiGroup = "authorization.k8s.io";

    private readonly IAuthorizer _authorizer;
    private readonly Func<RbacSnapshot> _snapshot;

    /// <param name="authorizer">The authorizer that decides requests too, so that reviews and requests agree.</param>
    /// <param name="snapshot">Roles and bindings for lists of rules.</param>
    public AccessReviews(IAuthorizer authorizer, Func<RbacSnapshot> snapshot)
    {
        _authorizer = authorizer;
        _snapshot = snapshot;
    }

    public async ValueTask<(V1SubjectAccessReview? Answer, ApiStatus? Refusal)> ReviewAsync(V1SubjectAccessReview review, CancellationToken cancellation)
    {
        var faults = Faults(review.Spec, null);
        return faults.Count > 0
            ? (null, ApiStatus.Invalid(ApiGroup, "SubjectAccessReview", "", faults))
            : (review with { Status = await DecideAsync(UserOf(review.Spec), review.Spec, cancellation).ConfigureAwait(false) }, null);
    }

    /// <param name="ns">The namespace of the request's path, which the question must name too.</param>
    /// <param name="review">The question.</param>
    /// <param name="cancellation">Ends the decision.</param>
    public async ValueTask<(V1LocalSubjectAccessReview? Answer, ApiStatus? Refusal)> ReviewAsync(
        string ns, V1LocalSubjectAccessReview review, CancellationToken cancellation)
    {
        var faults = Faults(review.Spec, ns);
        return faults.Count > 0
            ? (null, ApiStatus.Invalid(ApiGroup, "LocalSubjectAccessReview", "", faults))
            : (review with { Status = await DecideAsync(UserOf(review.Spec), review.Spec, cancellation).ConfigureAwait(false) }, null);
    }

    public async ValueTask<(V1SelfSubjectAccessReview? Answer, ApiStatus? Refusal)> ReviewAsync(
        UserInfo user, V1SelfSubjectAccessReview review, CancellationToken cancellation)
    {
        var spec = new V1SubjectAccessReviewSpec
        {
            User = user.Name,
            ResourceAttributes = review.Spec.ResourceAttributes,
            NonResourceAttributes = review.Spec.NonResourceAttributes,
        };
        var faults = Faults(spec, null);
        return faults.Count > 0
            ? (null, ApiStatus.Invalid(ApiGroup, "SelfSubjectAccessReview", "", faults))
            : (review with { Status = await DecideAsync(user, spec, cancellation).ConfigureAwait(false) }, null);
    }

    /// <summary>Everything the user may do in a namespace, as far as roles tell.</summary>
    public (V1SelfSubjectRulesReview? Answer, ApiStatus? Refusal) Rules(UserInfo user, V1SelfSubjectRulesReview review)
    {
        if (review.Spec.Namespace.Length == 0)
        {
            return (null, ApiStatus.BadRequest("no namespace on request"));
        }

        var missing = new List<string>();
        var rules = _snapshot().GrantsOf(user, review.Spec.Namespace, missing).Select(g => g.Rule).Distinct().ToList();
        var isNode = Node.NodeAuthorizer.NodeOf(user) is not null;
        if (isNode)
        {
            missing.Add("node authorizer does not support user rule resolution");
        }

        return (review with
        {
            Status = new V1SubjectRulesReviewStatus
            {
                ResourceRules =
                [
                    .. rules.Where(r => r.Urls.Count == 0).Select(r => new V1ResourceRule
                    {
                        Verbs = r.Verbs, ApiGroups = r.Groups, Resources = r.Resources, ResourceNames = r.Names,
                    }),
                ],
                NonResourceRules = [.. rules.Where(r => r.Urls.Count > 0).Select(r => new V1NonResourceRule { Verbs = r.Verbs, NonResourceURLs = r.Urls })],
                Incomplete = missing.Count > 0,
                EvaluationError = string.Join(", ", missing.Distinct(StringComparer.Ordinal)),
            },
        }, null);
    }

    private async ValueTask<V1SubjectAccessReviewStatus> DecideAsync(UserInfo user, V1SubjectAccessReviewSpec spec, CancellationToken cancellation)
    {
        var asked = spec.ResourceAttributes is { } resource
            ? new AuthorizationAttributes
            {
                User = user, IsResource = true, Verb = resource.Verb, Group = resource.Group, Version = resource.Version, Resource = resource.Resource,
                Subresource = resource.Subresource, Namespace = resource.Namespace, Name = resource.Name,
            }
            : new AuthorizationAttributes { User = user, Verb = spec.NonResourceAttributes!.Verb, Path = spec.NonResourceAttributes.Path };
        var decision = await _authorizer.AuthorizeAsync(asked, cancellation).ConfigureAwait(false);
        return new V1SubjectAccessReviewStatus
        {
            Allowed = decision.Opinion == Opinion.Allow,
            Denied = decision.Opinion == Opinion.Deny,
            Reason = decision.Reason,
        };
    }

    private static List<FieldError> Faults(V1SubjectAccessReviewSpec spec, string? ns)
    {
        var faults = new List<FieldError>();
        if (spec.ResourceAttributes is not null && spec.NonResourceAttributes is not null)
        {
            faults.Add(FieldError.Invalid("spec.nonResourceAttributes", Show(spec.NonResourceAttributes), "cannot be specified in combination with resourceAttributes"));
        }

        if (spec.ResourceAttributes is null && spec.NonResourceAttributes is null)
        {
            faults.Add(FieldError.Invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
        }

        if (spec.User.Length == 0 && spec.Groups.Count == 0)
        {
            faults.Add(FieldError.Invalid("spec.user", "", "at least one of user or group must be specified"));
        }

        if (ns is not null && spec.ResourceAttributes is { } resource && resource.Namespace != ns)
        {
            faults.Add(FieldError.Invalid("spec.resourceAttributes.namespace", resource.Namespace, "must match metadata.namespace"));
        }

        if (ns is not null && spec.NonResourceAttributes is not null)
        {
            faults.Add(FieldError.Invalid("spec.nonResourceAttributes", Show(spec.NonResourceAttributes), "disallowed on this kind of request"));
        }

        return faults;
    }

    private static JsonElement Show(IApiModel value)
    {
        using var document = JsonDocument.Parse(ApiJson.Encode(value));
        return document.RootElement.Clone();
    }

    private static UserInfo UserOf(V1SubjectAccessReviewSpec spec) => new()
    {
        Name = spec.User, Uid = spec.Uid, Groups = spec.Groups, Extra = UserModels.Extra(spec.Extra),
    };
}
