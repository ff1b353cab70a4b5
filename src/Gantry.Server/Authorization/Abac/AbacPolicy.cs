using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Abac;

/// <summary>One line of a policy file: who may do what (<c>abac.authorization.kubernetes.io/v1beta1</c>). Pure.</summary>
public sealed record AbacPolicy
{
    private static readonly string[] Reads = ["get", "list", "watch"];

    /// <summary>The user; empty where the group alone counts.</summary>
    public string User { get; init; } = "";

    /// <summary>The group; empty where the user alone counts.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether only reading is allowed.</summary>
    public bool IsReadOnly { get; init; }

    public string ApiGroup { get; init; } = "";

    /// <summary>The plural; <c>*</c> for all, empty where the line is about paths.</summary>
    public string Resource { get; init; } = "";

    public string Namespace { get; init; } = "";

    /// <summary>A path, with a final <c>*</c> for whatever follows; empty where the line is about resources.</summary>
    public string Path { get; init; } = "";

    /// <summary>Whether the line allows a request.</summary>
    public bool Allows(AuthorizationAttributes asked) =>
        IsAbout(asked.User) && (!IsReadOnly || Reads.Contains(asked.Verb, StringComparer.Ordinal)) && (asked.IsResource ? AllowsResource(asked) : AllowsPath(asked.Path));

    /// <summary>What the line allows a user in a namespace, as rules.</summary>
    public IEnumerable<PolicyRule> RulesOf(UserInfo user, string ns)
    {
        if (!IsAbout(user) || !(Namespace == "*" || Namespace == ns))
        {
            yield break;
        }

        IReadOnlyList<string> verbs = IsReadOnly ? Reads : ["*"];
        if (Resource.Length > 0)
        {
            yield return new PolicyRule { Verbs = verbs, Groups = [ApiGroup], Resources = [Resource] };
        }

        if (Path.Length > 0)
        {
            yield return new PolicyRule { Verbs = verbs, Urls = [Path] };
        }
    }

    private bool IsAbout(UserInfo user) =>
        (User.Length > 0 || Group.Length > 0) && (User.Length == 0 || User == "*" || User == user.Name) && (Group.Length == 0 || Group == "*" || user.IsIn(Group));

    private bool AllowsResource(AuthorizationAttributes asked) =>
        (Namespace == "*" || Namespace == asked.Namespace) && (Resource == "*" || Resource == asked.Resource) && (ApiGroup == "*" || ApiGroup == asked.Group);

    private bool AllowsPath(string path) => Path == "*" || Path == path || (Path.EndsWith('*') && path.StartsWith(Path.TrimEnd('*'), StringComparison.Ordinal));
}
