using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Node;

/// <summary>
/// Lets a node agent read only what pods on its node mention, its own node and pods, and write its own leases and driver info; everything else
/// follows the rules of the <c>system:node</c> role. Rules: Kubernetes documentation, "Using Node Authorization".
/// </summary>
public sealed class NodeAuthorizer : IAuthorizer, IRuleSource
{
    private const string UserPrefix = "system:node:";
    private const string NodesGroup = "system:nodes";

    private readonly INodeFacts _facts;
    private readonly IReadOnlyList<PolicyRule> _rules;

    /// <param name="facts">Says which objects the pods of a node mention.</param>
    /// <param name="rules">The rules of the <c>system:node</c> role as the server starts with them.</param>
    public NodeAuthorizer(INodeFacts facts, IReadOnlyList<PolicyRule> rules)
    {
        _facts = facts;
        _rules = rules;
    }

    /// <summary>The node a user is the agent of, or null.</summary>
    public static string? NodeOf(UserInfo user) => IsNode(user) && user.Name.Length > UserPrefix.Length ? user.Name[UserPrefix.Length..] : null;

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation) =>
        ValueTask.FromResult(!IsNode(attributes.User) ? AuthorizationDecision.NoOpinion
            : NodeOf(attributes.User) is { } node ? Decide(node, attributes)
            : Refuse($"unknown node for user {GoText.Quote(attributes.User.Name)}"));

    /// <inheritdoc/>
    public UserRules RulesOf(UserInfo user, string ns) =>
        IsNode(user) ? new UserRules([], true, "node authorizer does not support user rule resolution") : UserRules.None;

    private static bool IsNode(UserInfo user) => user.Name.StartsWith(UserPrefix, StringComparison.Ordinal) && user.IsIn(NodesGroup);

    private AuthorizationDecision Decide(string node, AuthorizationAttributes asked)
    {
        if (asked.IsResource && OfResource(node, asked) is { } decision)
        {
            return decision;
        }

        var allowed = _rules.Any(r => asked.IsResource
            ? r.AllowsResource(asked.Verb, asked.Group, asked.Resource, asked.Subresource, asked.Name)
            : r.AllowsUrl(asked.Verb, asked.Path));
        return allowed ? Allowed : AuthorizationDecision.NoOpinion;
    }

    private static AuthorizationDecision Allowed => new(Opinion.Allow, "");

    private AuthorizationDecision? OfResource(string node, AuthorizationAttributes asked) => (asked.Group, asked.Resource) switch
    {
        ("", "secrets" or "configmaps") => ReadNamed(node, asked),
        ("", "persistentvolumeclaims") when asked.Subresource == "status" => WriteStatus(node, asked),
        ("", "persistentvolumeclaims" or "persistentvolumes") or ("resource.k8s.io", "resourceclaims") or ("storage.k8s.io", "volumeattachments") => Get(node, asked),
        ("", "serviceaccounts") => CreateToken(node, asked),
        ("coordination.k8s.io", "leases") => Lease(node, asked),
        ("storage.k8s.io", "csinodes") => CsiNode(node, asked),
        ("resource.k8s.io", "resourceslices") => ResourceSlice(node, asked),
        ("", "nodes") => Node(node, asked),
        ("", "pods") => Pod(node, asked),
        _ => null,
    };

    private AuthorizationDecision WriteStatus(string node, AuthorizationAttributes asked) =>
        asked.Verb is "update" or "patch" ? Related(node, asked) : Refuse("can only get/update/patch this type");

    private AuthorizationDecision Get(string node, AuthorizationAttributes asked) =>
        asked.Verb != "get" ? Refuse("can only get individual resources of this type")
        : asked.Subresource.Length > 0 ? Refuse("cannot get subresource")
        : Related(node, asked);

    // get, and watches and lists of a single object (a field selector sets the name).
    private AuthorizationDecision ReadNamed(string node, AuthorizationAttributes asked) =>
        asked.Verb is not ("get" or "list" or "watch") ? Refuse("can only read resources of this type")
        : asked.Subresource.Length > 0 ? Refuse("cannot read subresource")
        : asked.Namespace.Length == 0 ? Refuse("can only read namespaced object of this type")
        : Related(node, asked);

    private AuthorizationDecision CreateToken(string node, AuthorizationAttributes asked) =>
        asked.Verb != "create" || asked.Name.Length == 0 ? Refuse("can only create tokens for individual service accounts")
        : asked.Subresource != "token" ? Refuse("can only create token subresource of serviceaccount")
        : Related(node, asked);

    private AuthorizationDecision Related(string node, AuthorizationAttributes asked)
    {
        if (asked.Name.Length == 0)
        {
            return Refuse("No Object name found");
        }

        var related = asked.Resource == "volumeattachments"
            ? _facts.IsAttachmentOf(node, asked.Name)
            : _facts.PodsOfNodeMention(node, asked.Resource, asked.Namespace, asked.Name);
        return related ? Allowed : Refuse($"no relationship found between node '{node}' and this object");
    }

    private static AuthorizationDecision Lease(string node, AuthorizationAttributes asked) =>
        asked.Verb is not ("get" or "create" or "update" or "patch" or "delete") ? Refuse("can only get, create, update, patch, or delete a node lease")
        : asked.Namespace != "kube-node-lease" ? Refuse("can only access leases in the \"kube-node-lease\" system namespace")
        // The name is not known yet on create; admission checks it.
        : asked.Verb != "create" && asked.Name != node ? Refuse("can only access node lease with the same name as the requesting node")
        : Allowed;

    private static AuthorizationDecision CsiNode(string node, AuthorizationAttributes asked) =>
        asked.Verb is not ("get" or "create" or "update" or "patch" or "delete") ? Refuse("can only get, create, update, patch, or delete a CSINode")
        : asked.Subresource.Length > 0 ? Refuse("cannot authorize CSINode subresources")
        : asked.Verb != "create" && asked.Name != node ? Refuse("can only access CSINode with the same name as the requesting node")
        : Allowed;

    private AuthorizationDecision ResourceSlice(string node, AuthorizationAttributes asked)
    {
        if (asked.Subresource.Length > 0)
        {
            return Refuse("cannot authorize ResourceSlice subresources");
        }

        return asked.Verb switch
        {
            "create" => Allowed,
            "get" or "update" or "patch" or "delete" => Related(node, asked),
            "watch" or "list" or "deletecollection" => Selects(asked, "spec.nodeName", node) ? Allowed
                : Refuse("can only list/watch/deletecollection resourceslices with nodeName field selector"),
            _ => Refuse("only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection"),
        };
    }

    // Admission limits what is written to the node itself.
    private static AuthorizationDecision Node(string node, AuthorizationAttributes asked) => (asked.Subresource, asked.Verb) switch
    {
        ("", "create" or "update" or "patch") or ("status", "update" or "patch") => Allowed,
        // By name alone: an agent looks for its node before there is one.
        ("", "get" or "list" or "watch") => asked.Name == node ? Allowed
            : Refuse(asked.Name.Length == 0
                ? $"node '{node}' cannot read all nodes, only its own Node object"
                : $"node '{node}' cannot read '{asked.Name}', only its own Node object"),
        _ => AuthorizationDecision.NoOpinion,
    };

    private AuthorizationDecision Pod(string node, AuthorizationAttributes asked) => (asked.Subresource, asked.Verb) switch
    {
        ("", "get") => Get(node, asked),
        ("", "list" or "watch") => Selects(asked, "spec.nodeName", node) ? Allowed
            : asked.Name.Length > 0 ? Related(node, asked)
            : Refuse("can only list/watch pods with spec.nodeName field selector"),
        ("", "create" or "delete") or ("status", "update" or "patch") or ("eviction", "create") => Allowed,
        _ => AuthorizationDecision.NoOpinion,
    };

    private static bool Selects(AuthorizationAttributes asked, string field, string node) =>
        asked.FieldSelector.Any(r => r.Equal && r.Field == field && r.Value == node);

    private static AuthorizationDecision Refuse(string reason) => new(Opinion.NoOpinion, reason);
}
