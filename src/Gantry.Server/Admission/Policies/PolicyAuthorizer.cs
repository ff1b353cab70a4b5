using Gantry.Api.Cel;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Admission.Policies;

/// <summary>Answers what expressions ask of <c>authorizer</c>: whether the user of the request, or a service account, may do something. Asks the same only once.</summary>
internal sealed class PolicyAuthorizer : ICelAuthorizer
{
    private readonly IAuthorizer _authorizer;
    private readonly UserInfo _user;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<CelAuthorizationQuestion, CelDecision> _known = [];

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

        var asked = new AuthorizationAttributes
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
        };
        var pending = _authorizer.AuthorizeAsync(asked, _cancellation);
        // Expressions cannot wait; only authorizers of other servers make them, and these limit their own time.
        var decision = pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
        return _known[question] = new CelDecision(decision.Opinion == Opinion.Allow, decision.Reason);
    }

    private static UserInfo Account(string ns, string name) => new()
    {
        Name = $"system:serviceaccount:{ns}:{name}",
        Groups = ["system:serviceaccounts", "system:serviceaccounts:" + ns, UserInfo.AuthenticatedGroup],
    };
}
