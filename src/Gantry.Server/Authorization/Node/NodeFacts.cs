namespace Gantry.Server.Authorization.Node;

/// <summary>What the node authorizer asks about the cluster.</summary>
public interface INodeFacts
{
    /// <summary>Whether a pod bound to the node mentions that object (as volume, environment, image secret, service account or claim).</summary>
    /// <param name="node">The node.</param>
    /// <param name="kind">secrets, configmaps, persistentvolumeclaims, persistentvolumes, serviceaccounts, resourceclaims or pods.</param>
    /// <param name="ns">The object's namespace; empty for persistent volumes.</param>
    /// <param name="name">The object's name.</param>
    bool PodsOfNodeMention(string node, string kind, string ns, string name);

    /// <summary>Whether the attachment is for that node.</summary>
    bool IsAttachmentOf(string node, string attachment);
}
