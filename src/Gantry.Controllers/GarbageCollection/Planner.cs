using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>Decides what goes with its owner and what stays without it. Pure.</summary>
public static class GarbagePlanner
{
    public static GarbagePlan Plan(GarbageView view)
    {
        var live = view.Live;
        if (live.DeletionTimestamp is not null)
        {
            return live.Finalizers.Contains(GraphNode.Orphan) ? Orphan(view)
                : live.Finalizers.Contains(GraphNode.Foreground) ? Wait(view)
                : new GarbagePlan([], []);
        }

        List<Intent> told = [.. view.Owners.Where(o => o.Elsewhere || o.State == OwnerState.Unreachable).Select(o => Invalid(view, o.Reference))];
        var solid = view.Owners.Count(o => o.State == OwnerState.Solid);
        var gone = view.Owners.Where(o => o.State is OwnerState.Absent or OwnerState.Waiting).ToList();
        if (gone.Count == 0)
        {
            return new GarbagePlan(told, [], view.Owners.Any(o => o.State == OwnerState.Unknown));
        }

        if (view.Owners.Any(o => o.State is OwnerState.Unknown or OwnerState.Unreachable))
        {
            // Deleting is final, so every owner must be known first.
            return new GarbagePlan(told, [], Unsure: true);
        }

        // 1. Somebody still needs it: it only forgets those who do not.
        if (solid > 0)
        {
            return new GarbagePlan([.. told, Without(view.Object, live, [.. gone.Select(g => g.Reference.Uid)])], []);
        }

        // 2. An owner waits for it, and others wait in turn: they go first, unless they wait for each other in a circle.
        if (gone.Exists(g => g.State == OwnerState.Waiting) && view.Dependents.Count > 0)
        {
            List<Intent> unblock = view.Dependents.Any(d => d.WaitsForDependents) ? [Unblock(view.Object, live)] : [];
            return new GarbagePlan([.. told, .. unblock, Delete(view, unblock.Count > 0 ? "" : live.ResourceVersion, "Foreground")], []);
        }

        // 3. Nobody needs it any more.
        var policy = live.Finalizers.Contains(GraphNode.Orphan) ? "Orphan" : live.Finalizers.Contains(GraphNode.Foreground) ? "Foreground" : "Background";
        return new GarbagePlan([.. told, Delete(view, live.ResourceVersion, policy)], []);
    }

    private static GarbagePlan Orphan(GarbageView view)
    {
        List<Intent> free = [.. view.Orphans.Select(o => Without(o.Object, o.Live, [view.Object.Uid]))];
        return new GarbagePlan([new Together(free), RemoveFinalizer(view, GraphNode.Orphan)], []);
    }

    private static GarbagePlan Wait(GarbageView view)
    {
        var blocking = view.Dependents.Where(d => d.Blocks).ToList();
        return blocking.Count == 0
            ? new GarbagePlan([RemoveFinalizer(view, GraphNode.Foreground)], [])
            : new GarbagePlan([], [.. view.Dependents.Where(d => !d.WaitsForDependents).Select(d => d.Object)]);
    }

    private static DeleteAny Delete(GarbageView view, string resourceVersion, string policy) =>
        new(view.Object.Resource, view.Object.Key, view.Object.Uid, resourceVersion, policy);

    private static PatchAny RemoveFinalizer(GarbageView view, string finalizer) => Meta(view.Object, view.Live, json =>
    {
        json.WriteStartArray("finalizers");
        foreach (var kept in view.Live.Finalizers.Where(f => f != finalizer))
        {
            json.WriteStringValue(kept);
        }

        json.WriteEndArray();
    });

    private static PatchAny Without(ObjectIdentity target, V1ObjectMeta live, IReadOnlyCollection<string> owners) =>
        OwnersOf(target, live, live.OwnerReferences.Where(o => !owners.Contains(o.Uid)));

    private static PatchAny Unblock(ObjectIdentity target, V1ObjectMeta live) =>
        OwnersOf(target, live, live.OwnerReferences.Select(o => o.BlockOwnerDeletion == true ? o with { BlockOwnerDeletion = false } : o));

    private static PatchAny OwnersOf(ObjectIdentity target, V1ObjectMeta live, IEnumerable<V1OwnerReference> owners) => Meta(target, live, json =>
    {
        json.WriteStartArray("ownerReferences");
        foreach (var owner in owners)
        {
            owner.Write(json);
        }

        json.WriteEndArray();
    });

    /// <summary>A merge patch, which every kind accepts; the version in it sees to it that nobody's change is lost in a replaced list.</summary>
    private static PatchAny Meta(ObjectIdentity target, V1ObjectMeta live, Action<Utf8JsonWriter> write) =>
        new(target.Resource, target.Key, PatchBody.Write(PatchType.Merge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", live.Uid);
            json.WriteString("resourceVersion", live.ResourceVersion);
            write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }));

    private static Tell Invalid(GarbageView view, V1OwnerReference owner)
    {
        var (resource, key, uid) = view.Object;
        var regarding = new V1ObjectReference { ApiVersion = resource.ApiVersion, Kind = resource.Kind, Namespace = key.Namespace, Name = key.Name, Uid = uid };
        var named = $"[{owner.ApiVersion}/{owner.Kind}, namespace: {key.Namespace}, name: {owner.Name}, uid: {owner.Uid}]";
        return new Tell(regarding, "Warning", "OwnerRefInvalidNamespace", $"ownerRef {named} does not exist in namespace \"{key.Namespace}\"");
    }
}
