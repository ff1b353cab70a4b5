using Gantry.Api.Models;
using Gantry.Client.Http;
using Gantry.Server.Outbound;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Webhook;

/// <summary>Asks another server whether a user may do something, by SubjectAccessReview. Answers are kept for a while; failures to answer are not.</summary>
internal sealed class WebhookAuthorizer : IAuthorizer, IRuleSource, IDisposable
{
    // A longer question would fill the memory of answers with what a client makes up.
    private const int LongestKept = 10_000;

    private readonly AuthorizationWebhookOptions _options;
    private readonly string _name;
    private readonly AuthorizationFigures _figures;
    private readonly TimeProvider _clock;
    private readonly MatchExpressions _conditions;
    private readonly ReviewClient _client;
    private readonly AnswerCache<V1SubjectAccessReviewStatus> _answers;

    /// <param name="options">The server to ask.</param>
    /// <param name="name">What figures call it.</param>
    /// <param name="figures">Count questions.</param>
    /// <param name="clock">Ages answers.</param>
    /// <param name="dice">Spreads repetitions.</param>
    /// <exception cref="FormatException">The kubeconfig is none.</exception>
    public WebhookAuthorizer(AuthorizationWebhookOptions options, string name, AuthorizationFigures figures, TimeProvider clock, Random dice)
    {
        _name = name;
        _figures = figures;
        _clock = clock;
        _options = options;
        _conditions = new MatchExpressions(options.MatchConditions);
        _client = new ReviewClient(Kubeconfig.Load(options.KubeconfigFile), options.Timeout, clock, dice);
        _answers = new AnswerCache<V1SubjectAccessReviewStatus>(clock);
    }

    public async ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation)
    {
        if (_conditions.Any)
        {
            var (matches, error) = _conditions.Check(AccessQuestion.Spec(attributes));
            if (!matches)
            {
                _figures.Excluded(_name, error is not null);
                return error is null ? AuthorizationDecision.NoOpinion : OnError(error);
            }
        }

        var question = AccessQuestion.Json(attributes, _options.Version);
        var key = AnswerCache<V1SubjectAccessReviewStatus>.KeyOf(question);
        if (_answers.TryGet(key, out var known))
        {
            return Decide(known);
        }

        var start = _clock.GetTimestamp();
        var (review, problem) = await _client.AskAsync<V1SubjectAccessReview>(question, cancellation).ConfigureAwait(false);
        _figures.Asked(_name, problem, !_options.DeniesOnFailure, _clock.GetElapsedTime(start));
        if (review is null)
        {
            return OnError(problem!);
        }

        var status = review.Status ?? new V1SubjectAccessReviewStatus();
        if (Length(attributes) < LongestKept)
        {
            _answers.Keep(key, status, status.Allowed ? _options.AuthorizedTtl : _options.UnauthorizedTtl);
        }

        return Decide(status);
    }

    /// <inheritdoc/>
    public UserRules RulesOf(UserInfo user, string ns) => new([], true, "webhook authorizer does not support user rule resolution");

    public void Dispose() => _client.Dispose();

    private AuthorizationDecision OnError(string problem) => new(_options.DeniesOnFailure ? Opinion.Deny : Opinion.NoOpinion, "") { Error = problem };

    private static AuthorizationDecision Decide(V1SubjectAccessReviewStatus status) => (status.Denied, status.Allowed) switch
    {
        (true, true) => new AuthorizationDecision(Opinion.Deny, status.Reason) { Error = "webhook subject access review returned both allow and deny response" },
        (true, false) => new AuthorizationDecision(Opinion.Deny, status.Reason),
        (false, true) => new AuthorizationDecision(Opinion.Allow, status.Reason),
        _ => new AuthorizationDecision(Opinion.NoOpinion, status.Reason),
    };

    private static int Length(AuthorizationAttributes asked) =>
        asked.Namespace.Length + asked.Verb.Length + asked.Group.Length + asked.Version.Length + asked.Resource.Length + asked.Subresource.Length
        + asked.Name.Length + asked.Path.Length;
}
