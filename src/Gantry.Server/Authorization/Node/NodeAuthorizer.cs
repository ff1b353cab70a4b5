using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;

namespace Gantry.Server.Authorization.Node;

/// <summary>
/// Lets a node agent read only what pods on its node mention, and write its own leases, attachments and driver info; everything else follows
/// the rules of the <c>system:node</c> role. Rules: Kubernetes documentation, "Using Node Authorization".
/// </summary>
public sealed class NodeAuthorizer : IAuthorizer
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
    public static string? NodeOf(UserInfo user) =>
        user.Name.StartsWith(UserPrefix, StringComparison.Ordinal) && user.Name.Length > UserPrefix.Length && user.IsIn(NodesGroup)
            ? user.Name[UserPrefix.Length..]
            : null;

    public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation) =>
        ValueTask.FromResult(NodeOf(attributes.User) is { } node ? Decide(node, attributes) : AuthorizationDecision.NoOpinion);

    private AuthorizationDecision Decide(string node, AuthorizationAttributes asked)
    {
        if (asked.IsResource)
        {
            switch (asked.Group, asked.Resource)
            {
                case ("", "secrets" or "configmaps"):
                    return ReadNamed(node, asked);
                case ("", "persistentvolumeclaims"):
                    return asked.Subresource == "status" ? Named(node, asked, asked.Verb is "get" or "update" or "patch") : ReadNamed(node, asked);
                case ("", "persistentvolumes"):
                    return ReadNamed(node, asked);
                case ("", "serviceaccounts"):
                    return asked is { Subresource: "token", Verb: "create" } && asked.Name.Length > 0
                        ? Found(_facts.PodsOfNodeMention(node, "serviceaccounts", asked.Namespace, asked.Name), node)
                        : Refuse("can only create tokens for individual service accounts");
                case ("resource.k8s.io", "resourceclaims"):
                    return ReadNamed(node, asked);
                case ("storage.k8s.io", "volumeattachments"):
                    return asked.Verb == "get" && asked.Subresource.Length == 0 && asked.Name.Length > 0
                        ? Found(_facts.IsAttachmentOf(node, asked.Name), node)
                        : Refuse("can only get individual resources of this type");
                case ("coordination.k8s.io", "leases"):
                    return Lease(node, asked);
                case ("storage.k8s.io", "csinodes"):
                    return CsiNode(node, asked);
                default:
                    break;
            }
        }

        var allowed = _rules.Any(r => asked.IsResource
            ? r.AllowsResource(asked.Verb, asked.Group, asked.Resource, asked.Subresource, asked.Name)
            : r.AllowsUrl(asked.Verb, asked.Path));
        return allowed ? new AuthorizationDecision(Opinion.Allow, "") : AuthorizationDecision.NoOpinion;
    }

    // get, and watches and lists of a single object (a field selector sets the name).
    private AuthorizationDecision ReadNamed(string node, AuthorizationAttributes asked)
    {
        if (asked.Subresource.Length > 0)
        {
            return Refuse("cannot read subresource");
        }

        return asked.Verb is "get" or "list" or "watch"
            ? Named(node, asked, true)
            : Refuse("can only read resources of this type");
    }

    private AuthorizationDecision Named(string node, AuthorizationAttributes asked, bool verbAllowed)
    {
        if (!verbAllowed)
        {
            return Refuse("can only get/update/patch this type");
        }

        return asked.Name.Length == 0
            ? Refuse("No Object name found")
            : Found(_facts.PodsOfNodeMention(node, asked.Resource, asked.Namespace, asked.Name), node);
    }

    private static AuthorizationDecision Lease(string node, AuthorizationAttributes asked)
    {
        if (asked.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return Refuse("can only get, create, update, patch, or delete a node lease");
        }

        if (asked.Namespace != "kube-node-lease")
        {
            return Refuse("can only access leases in the \"kube-node-lease\" system namespace");
        }

        // The name is not known yet on create; admission checks it.
        return asked.Verb != "create" && asked.Name != node
            ? Refuse("can only access node lease with the same name as the requesting node")
            : new AuthorizationDecision(Opinion.Allow, "");
    }

    private static AuthorizationDecision CsiNode(string node, AuthorizationAttributes asked)
    {
        if (asked.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return Refuse("can only get, create, update, patch, or delete a CSINode");
        }

        if (asked.Subresource.Length > 0)
        {
            return Refuse("cannot authorize CSINode subresources");
        }

        return asked.Verb != "create" && asked.Name != node
            ? Refuse("can only access CSINode with the same name as the requesting node")
            : new AuthorizationDecision(Opinion.Allow, "");
    }

    private static AuthorizationDecision Found(bool related, string node) => related
        ? new AuthorizationDecision(Opinion.Allow, "")
        : Refuse($"no relationship found between node '{node}' and this object");

    private static AuthorizationDecision Refuse(string reason) => new(Opinion.NoOpinion, reason);
}
