using Gantry.Api.Cel;
using Gantry.Client.Selectors;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Admission.Policies;

/// <summary>
/// Answers what expressions ask of <c>authorizer</c>: whether the user of the request, or a service account, may do something. Asks the same only once.
/// Expressions cannot wait, and a thread must not: where an answer takes time (an authorizer on another server), the expressions are computed to their end
/// without it, the answer is waited for outside (<see cref="SettleAsync"/>), and everything is computed again with what is known by then.
/// </summary>
internal sealed class PolicyAuthorizer : ICelAuthorizer
{
    private static readonly CelDecision Unknown = new(false, "", "the decision is not known yet");

    private readonly IAuthorizer _authorizer;
    private readonly UserInfo _user;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<CelAuthorizationQuestion, CelDecision> _known = [];
    private readonly Dictionary<CelAuthorizationQuestion, Task<AuthorizationDecision>> _pending = [];

    public PolicyAuthorizer(IAuthorizer authorizer, UserInfo user, CancellationToken cancellation)
    {
        _authorizer = authorizer;
        _user = user;
        _cancellation = cancellation;
    }

    public CelDecision Decide(CelAuthorizationQuestion question)
    {
        if (_known.TryGetValue(question, out var known))
        {
            return known;
        }

        if (_pending.ContainsKey(question))
        {
            return Unknown;
        }

        var asked = _authorizer.AuthorizeAsync(Attributes(question), _cancellation);
        if (asked.IsCompletedSuccessfully)
        {
            return _known[question] = Of(asked.Result);
        }

        _pending[question] = asked.AsTask();
        return Unknown;
    }

    /// <summary>Waits for the answers that were not there in time.</summary>
    /// <returns>Whether there were any, so that what was computed without them has to be computed again.</returns>
    public async ValueTask<bool> SettleAsync()
    {
        if (_pending.Count == 0)
        {
            return false;
        }

        foreach (var (question, asked) in _pending)
        {
            _known[question] = Of(await asked.ConfigureAwait(false));
        }

        _pending.Clear();
        return true;
    }

    private static CelDecision Of(AuthorizationDecision decision) => new(decision.Opinion == Opinion.Allow, decision.Reason, decision.Error);

    private AuthorizationAttributes Attributes(CelAuthorizationQuestion question) => new()
    {
        User = question.ServiceAccount is { } account ? Account(account.Namespace, account.Name) : _user,
        Verb = question.Verb,
        IsResource = question.IsResource,
        Group = question.Group,
        Version = question.IsResource ? "*" : "",
        Resource = question.Resource,
        Subresource = question.Subresource,
        Namespace = question.Namespace,
        Name = question.Name,
        Path = question.Path,
        FieldSelector = question.FieldSelector.Length > 0 && FieldSelector.TryParse(question.FieldSelector, out var fields, out _) ? fields.Requirements : [],
        LabelSelector = question.LabelSelector.Length > 0 && LabelSelector.TryParse(question.LabelSelector, out var labels, out _) ? labels.Requirements : [],
    };

    // Only what follows from the name: nobody has authenticated it.
    private static UserInfo Account(string ns, string name) =>
        new() { Name = ServiceAccountTokens.UserName(ns, name), Groups = ServiceAccountTokens.GroupsOf(ns) };
}
