using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Store;

namespace Gantry.Server.Writing;

/// <summary>Deletes objects: at once, or, where finalizers, a grace period or a namespace's content hold them, by marking them.</summary>
public sealed class ObjectDeleter
{
    private const int Attempts = 8;

    private readonly ObjectRegistry _registry;
    private readonly AdmissionChain _admission;
    private readonly TimeProvider _clock;

    public ObjectDeleter(ObjectRegistry registry, AdmissionChain admission, TimeProvider clock)
    {
        _registry = registry;
        _admission = admission;
        _clock = clock;
    }

    /// <summary>Deletes one object.</summary>
    /// <param name="scope">What is deleted by whom.</param>
    /// <param name="options">Grace period, propagation, preconditions.</param>
    /// <param name="cancellation">Ends admission and the wait for the store.</param>
    public async ValueTask<WriteOutcome> DeleteAsync(WriteScope scope, V1DeleteOptions options, CancellationToken cancellation)
    {
        var (resource, cache) = (scope.Resource, scope.Resource.Cache);
        for (var attempt = 1; ; attempt++)
        {
            var stored = cache.Snapshot.Find(scope.Namespace, scope.Name);
            if (stored is null)
            {
                return ApiStatus.NotFound(resource.Type, scope.Name);
            }

            if (await resource.ReadyAsync(stored, cancellation).ConfigureAwait(false) is { } unreadable)
            {
                return unreadable;
            }

            if (Preconditions(scope, stored, options) is { } refusal)
            {
                return refusal;
            }

            var typed = resource.Typed(stored);
            if (typed is V1Pod pod && DeletionRules.Grace(pod, options.GracePeriodSeconds) is null)
            {
                // It is on its way, and nobody is asked again.
                return new WriteOutcome.Written(stored, false, false);
            }

            if (!scope.IsAdmitted && await _admission.ValidateAsync(scope.Admission(AdmissionOperation.Delete, typed, scope.Name) with { DeleteOptions = options }, null, cancellation).ConfigureAwait(false) is { } unwanted)
            {
                return unwanted;
            }

            var (marked, removes) = Plan(scope, stored, typed, options);
            var (bytes, unkept) = marked is null ? (null, null) : await EncodeAsync(resource, marked, cancellation).ConfigureAwait(false);
            if (unkept is not null)
            {
                return unkept;
            }

            var last = bytes is null ? stored : StoredObject.Of(resource.Stored, bytes, stored.Revision);
            if (await resource.ReadyAsync(last, cancellation).ConfigureAwait(false) is { } unseen)
            {
                return unseen;
            }

            if (scope.DryRun || (!removes && bytes is null))
            {
                return removes ? new WriteOutcome.Removed(last) : new WriteOutcome.Written(last, false, false);
            }

            var key = resource.Stored.StoreKey(scope.Namespace, scope.Name);
            var at = new Revision(stored.Revision);
            var transaction = removes ? StoreTransaction.Delete(key, at) : WritePlan.Put(resource.Stored.Type, key, at, bytes, null, _clock.GetUtcNow());
            switch (await _registry.Store.CommitAsync(transaction, cancellation).ConfigureAwait(false))
            {
                case CommitResult.Committed done:
                    await _registry.Clock.WaitAsync(done.At.Value, cancellation).ConfigureAwait(false);
                    if (removes)
                    {
                        return new WriteOutcome.Removed(last);
                    }

                    var kept = StoredObject.Of(resource.Stored, bytes, done.At.Value);
                    return await resource.ReadyAsync(kept, cancellation).ConfigureAwait(false) is { } hidden ? hidden : new WriteOutcome.Written(kept, false, true);
                case CommitResult.Full full:
                    return ApiStatus.Internal(full.Reason);
                case CommitResult.Conflict conflict when attempt < Attempts:
                    await _registry.Clock.WaitAsync(conflict.Actual.Value, cancellation).ConfigureAwait(false);
                    break;
                default:
                    return ApiStatus.Modified(resource.Type, scope.Name);
            }
        }
    }

    private static async ValueTask<(byte[]? Bytes, ApiStatus? Refusal)> EncodeAsync(ServedResource resource, TreeMap value, CancellationToken cancellation)
    {
        var canonical = Canonical.Of(resource.Type.Schema, value);
        return await resource.KeepAsync(canonical, TreeJson.Write(canonical), cancellation).ConfigureAwait(false);
    }

    /// <summary>The refusal of a delete that is meant for another object, or for another revision of it; else null.</summary>
    public static ApiStatus? Preconditions(WriteScope scope, StoredObject stored, V1DeleteOptions options)
    {
        if (options.Preconditions is not { } wanted)
        {
            return null;
        }

        var (type, strategy) = (scope.Resource.Stored.Type, scope.Resource.Strategy);
        var current = stored.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        ApiStatus Missed(string what, string given, string found, string then) => strategy.IsNamespace || strategy.IsDefinition
            ? ApiStatus.Conflict(type, scope.Name, $"Precondition failed: {what} in precondition: {given}, {what} in object meta: {found}")
            : ApiStatus.KindConflict(type, scope.Name, $"the {what} in the precondition ({given}) does not match the {what} in record ({found}). The object might have been {then}");
        if (wanted.Uid is { } uid && uid != stored.Uid)
        {
            return Missed("UID", uid, stored.Uid, "deleted and then recreated");
        }

        return wanted.ResourceVersion is { } version && version != current ? Missed("ResourceVersion", version, current, "modified") : null;
    }

    // The object as it is to be marked, or null when it stays as it is; and whether it goes at once.
    private (TreeMap? Marked, bool Removes) Plan(WriteScope scope, StoredObject stored, IApiObject typed, V1DeleteOptions options)
    {
        var (strategy, metadata) = (scope.Resource.Strategy, typed.Metadata);
        var grace = typed is V1Pod pod ? DeletionRules.Grace(pod, options.GracePeriodSeconds) ?? 0 : 0;
        return Plan(scope, stored, metadata, DeletionRules.Finalizers(strategy, metadata, options), grace);
    }

    private (TreeMap? Marked, bool Removes) Plan(WriteScope scope, StoredObject stored, V1ObjectMeta metadata, IReadOnlyList<string> finalizers, long grace)
    {
        var (strategy, deleting, left) = (scope.Resource.Strategy, metadata.DeletionTimestamp, metadata.DeletionGracePeriodSeconds ?? 0);
        var value = scope.Resource.Tree(stored);
        var waits = strategy.IsNamespace && value.Map("spec")?.List("finalizers") is { Count: > 0 };
        if (waits && deleting is not null)
        {
            // What is in it has to go first, whatever is asked for meanwhile.
            return (null, false);
        }

        // The first request only announces the end of a namespace.
        var holds = finalizers.Count > 0 || grace > 0 || waits || (strategy.IsNamespace && deleting is null);
        if (!holds && !strategy.IsPod)
        {
            return (null, true);
        }

        if (deleting is not null && grace == left && (!strategy.IsDefinition || metadata.DeletionGracePeriodSeconds is not null) && finalizers.SequenceEqual(metadata.Finalizers, StringComparer.Ordinal))
        {
            return (null, !holds);
        }

        Mark(strategy, value, metadata, finalizers, grace);
        return (value, !holds);
    }

    // Of a definition it is told at once that its objects will go.
    private void Announce(TreeMap status)
    {
        var condition = new TreeMap
        {
            ["type"] = "Terminating", ["status"] = "True", ["lastTransitionTime"] = Metadata.Time(_clock.GetUtcNow()), ["reason"] = "InstanceDeletionPending",
            ["message"] = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        };
        status["conditions"] = new TreeList([.. status.Items("conditions").Where(c => c.Text("type") != "Terminating"), condition]);
    }

    private void Mark(KindStrategy strategy, TreeMap value, V1ObjectMeta metadata, IReadOnlyList<string> finalizers, long grace)
    {
        var tree = value.Made("metadata");
        tree.Remove("resourceVersion");
        var left = metadata.DeletionGracePeriodSeconds ?? 0;
        var end = metadata.DeletionTimestamp is { } set ? set.AddSeconds(grace - left) : _clock.GetUtcNow().AddSeconds(grace);
        tree["deletionTimestamp"] = Metadata.Time(end);
        // The first request only announces the end of a definition.
        var announces = strategy.IsDefinition && metadata.DeletionTimestamp is null;
        tree["deletionGracePeriodSeconds"] = strategy.IsNamespace || announces ? null : TreeInteger.Of(grace);
        tree["finalizers"] = finalizers.Count == 0 ? null : new TreeList(finalizers.Select(f => (Tree)f));
        if (metadata.DeletionTimestamp is null && !announces && !strategy.IsNamespace && Metadata.Generation(value) is > 0 and var generation)
        {
            tree["generation"] = generation + 1;
        }

        if (strategy.IsNamespace)
        {
            value.Made("status")["phase"] = "Terminating";
        }

        if (announces)
        {
            Announce(value.Made("status"));
        }
    }
}
