using Gantry.Api.Models;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authorization;

/// <summary>Answers the questions of <c>authorization.k8s.io</c>: may somebody, may I, and what may I.</summary>
public sealed class AccessReviews
{
    private const string ApiGroup = "authorization.k8s.io";

    private readonly IAuthorizer _authorizer;
    private readonly Func<IReadOnlyList<IRuleSource>> _rules;

    /// <param name="authorizer">The authorizer that decides requests too, so that reviews and requests agree.</param>
    /// <param name="rules">Who knows lists of rules at the moment.</param>
    public AccessReviews(IAuthorizer authorizer, Func<IReadOnlyList<IRuleSource>> rules)
    {
        _authorizer = authorizer;
        _rules = rules;
    }

    /// <summary>What is wrong with a question, or null.</summary>
    public static ApiStatus? Check(V1SubjectAccessReview review)
    {
        var faults = AccessReviewRules.Of(review.Spec, self: false);
        AccessReviewRules.Metadata(faults, review.Metadata, exceptNamespace: false);
        return faults.Any ? Refuse(faults.List) : null;
    }

    /// <inheritdoc cref="Check(V1SubjectAccessReview)"/>
    /// <param name="ns">The namespace of the request's path, which the question must name too.</param>
    /// <param name="review">The question.</param>
    public static ApiStatus? Check(string ns, V1LocalSubjectAccessReview review)
    {
        var faults = AccessReviewRules.Of(review.Spec, self: false);
        AccessReviewRules.Metadata(faults, review.Metadata, exceptNamespace: true);
        AccessReviewRules.Local(faults, review.Spec, ns);
        return faults.Any ? Refuse(faults.List) : null;
    }

    /// <inheritdoc cref="Check(V1SubjectAccessReview)"/>
    public static ApiStatus? Check(V1SelfSubjectAccessReview review)
    {
        var faults = AccessReviewRules.Of(SpecOf(review), self: true);
        AccessReviewRules.Metadata(faults, review.Metadata, exceptNamespace: false);
        return faults.Any ? Refuse(faults.List) : null;
    }

    /// <inheritdoc cref="Check(V1SubjectAccessReview)"/>
    public static ApiStatus? Check(V1SelfSubjectRulesReview review) =>
        review.Spec.Namespace.Length == 0 ? ApiStatus.BadRequest("no namespace on request") : null;

    /// <summary>Answers a question that has been checked.</summary>
    public async ValueTask<V1SubjectAccessReview> AnswerAsync(V1SubjectAccessReview review, CancellationToken cancellation) =>
        review with { Status = await DecideAsync(UserOf(review.Spec), review.Spec, cancellation).ConfigureAwait(false) };

    /// <inheritdoc cref="AnswerAsync(V1SubjectAccessReview, CancellationToken)"/>
    public async ValueTask<V1LocalSubjectAccessReview> AnswerAsync(V1LocalSubjectAccessReview review, CancellationToken cancellation) =>
        review with { Status = await DecideAsync(UserOf(review.Spec), review.Spec, cancellation).ConfigureAwait(false) };

    /// <inheritdoc cref="AnswerAsync(V1SubjectAccessReview, CancellationToken)"/>
    /// <param name="user">Who asks about himself.</param>
    /// <param name="review">The question.</param>
    /// <param name="cancellation">Ends the decision.</param>
    public async ValueTask<V1SelfSubjectAccessReview> AnswerAsync(UserInfo user, V1SelfSubjectAccessReview review, CancellationToken cancellation) =>
        review with { Status = await DecideAsync(user, SpecOf(review), cancellation).ConfigureAwait(false) };

    /// <summary>Everything the user may do in a namespace, as far as the authorizers can tell. The answer does not repeat the question.</summary>
    public V1SelfSubjectRulesReview Rules(UserInfo user, V1SelfSubjectRulesReview review)
    {
        var found = _rules().Select(r => r.RulesOf(user, review.Spec.Namespace)).ToList();
        var rules = found.SelectMany(f => f.Rules).ToList();
        var errors = found.Select(f => f.Error).OfType<string>().ToList();
        return new V1SelfSubjectRulesReview
        {
            Status = new V1SubjectRulesReviewStatus
            {
                ResourceRules =
                [
                    .. rules.Where(r => r.Resources.Count > 0).Select(r => new V1ResourceRule
                    {
                        Verbs = r.Verbs, ApiGroups = r.Groups, Resources = r.Resources, ResourceNames = r.Names,
                    }),
                ],
                NonResourceRules = [.. rules.Where(r => r.Urls.Count > 0).Select(r => new V1NonResourceRule { Verbs = r.Verbs, NonResourceURLs = r.Urls })],
                Incomplete = found.Any(f => f.IsIncomplete),
                EvaluationError = errors.Count == 0 ? "" : GoText.Aggregate(errors),
            },
        };
    }

    private static V1SubjectAccessReviewSpec SpecOf(V1SelfSubjectAccessReview review) =>
        new() { ResourceAttributes = review.Spec.ResourceAttributes, NonResourceAttributes = review.Spec.NonResourceAttributes };

    private async ValueTask<V1SubjectAccessReviewStatus> DecideAsync(UserInfo user, V1SubjectAccessReviewSpec spec, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var asked = spec.ResourceAttributes is { } resource
            ? new AuthorizationAttributes
            {
                User = user, IsResource = true, Verb = resource.Verb, Group = resource.Group, Version = resource.Version.Length > 0 ? resource.Version : "*",
                Resource = resource.Resource, Subresource = resource.Subresource, Namespace = resource.Namespace, Name = resource.Name,
                FieldSelector = ReviewSelectors.Fields(resource.FieldSelector, problems), LabelSelector = ReviewSelectors.Labels(resource.LabelSelector, problems),
            }
            : new AuthorizationAttributes { User = user, Verb = spec.NonResourceAttributes!.Verb, Path = spec.NonResourceAttributes.Path };
        var decision = await _authorizer.AuthorizeAsync(asked, cancellation).ConfigureAwait(false);
        return new V1SubjectAccessReviewStatus
        {
            Allowed = decision.Opinion == Opinion.Allow,
            Denied = decision.Opinion == Opinion.Deny,
            Reason = decision.Reason,
            EvaluationError = string.Join("; ", decision.Error is { } error ? problems.Prepend(error) : problems),
        };
    }

    // The kind is not known any more where this is said in Kubernetes, so the message begins with a dot.
    private static ApiStatus Refuse(IReadOnlyList<FieldError> faults) => ApiStatus.Invalid(ApiGroup, "", "", faults);

    private static UserInfo UserOf(V1SubjectAccessReviewSpec spec) => new()
    {
        Name = spec.User, Uid = spec.Uid, Groups = spec.Groups, Extra = UserModels.Extra(spec.Extra),
    };
}
