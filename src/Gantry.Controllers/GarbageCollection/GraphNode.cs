using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>What the graph keeps of an object: who it is, who owns it, and how it is being deleted. Kept small; there is one for every object.</summary>
internal sealed class GraphNode
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    public GraphNode(ResourceId resource, V1ObjectMeta meta)
    {
        Resource = resource;
        Namespace = string.IsInterned(meta.Namespace) ?? meta.Namespace;
        Name = meta.Name;
        Uid = IdOf(meta.Uid);
        Owners = meta.OwnerReferences.Count == 0 ? [] : [.. meta.OwnerReferences.Select(o => new Link(IdOf(o.Uid), o.BlockOwnerDeletion == true))];
        Deleting = meta.DeletionTimestamp is not null;
        WaitsForDependents = Deleting && meta.Finalizers.Contains(Foreground);
        Orphans = Deleting && meta.Finalizers.Contains(Orphan);
    }

    public ResourceId Resource { get; }

    public string Namespace { get; }

    public string Name { get; }

    public Guid Uid { get; }

    public Link[] Owners { get; }

    public bool Deleting { get; }

    /// <summary>Whether it stays until those that block its deletion are gone.</summary>
    public bool WaitsForDependents { get; }

    /// <summary>Whether it stays until its dependents no longer name it.</summary>
    public bool Orphans { get; }

    public ObjectKey Key => new(Namespace, Name);

    /// <summary>The uid in 16 bytes. Texts that are no uuid can only be in references that somebody wrote by hand.</summary>
    public static Guid IdOf(string uid) => Guid.TryParse(uid, out var id) ? id : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(uid)).AsSpan(0, 16));

    /// <summary>A reference to an owner.</summary>
    public readonly record struct Link(Guid Uid, bool Blocks);
}
