using Gantry.Api.Defaults;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Store;

namespace Gantry.Server.Writing;

/// <summary>
/// The one way by which objects change: prepare, default, admit, validate, admit again, write if nobody was faster. Requests over HTTP, calls
/// inside the process, patches, subresources: all of them end here.
/// </summary>
public sealed class ObjectWriter
{
    // A patch that loses this many races is up against something that writes in a loop.
    private const int Attempts = 8;

    private readonly ObjectRegistry _registry;
    private readonly AdmissionChain _admission;
    private readonly IValidator _validator;
    private readonly IFieldManagers _managers;
    private readonly IIds _ids;
    private readonly TimeProvider _clock;

    public ObjectWriter(ObjectRegistry registry, AdmissionChain admission, IValidator validator, IFieldManagers managers, IIds ids, TimeProvider clock)
    {
        _registry = registry;
        _admission = admission;
        _validator = validator;
        _managers = managers;
        _ids = ids;
        _clock = clock;
    }

    public IFieldManagers Managers => _managers;

    /// <summary>Creates the object.</summary>
    /// <param name="scope">What is written by whom.</param>
    /// <param name="value">A decoded object of the stored version, the writer's own from here on.</param>
    /// <param name="managed">Whether the value carries its final managedFields already.</param>
    /// <param name="cancellation">Ends admission and the wait for the store.</param>
    public async ValueTask<WriteOutcome> CreateAsync(WriteScope scope, TreeMap value, bool managed, CancellationToken cancellation)
    {
        var kind = scope.Resource.Stored;
        if (value.Map("metadata")?.Text("resourceVersion") is { Length: > 0 })
        {
            return new ApiStatus { Code = 500, Message = "resourceVersion should not be set on objects to be created" };
        }

        var generated = string.IsNullOrEmpty(value.Map("metadata")?.Text("name"));
        for (var attempt = 1; ; attempt++)
        {
            var own = attempt == 1 && !generated ? value : (TreeMap)value.DeepClone();
            var (bytes, refusal) = await FinishCreateAsync(scope, own, managed, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            var name = own.Map("metadata")!.Text("name")!;
            var key = kind.StoreKey(scope.Namespace, name);
            if (scope.DryRun)
            {
                return scope.Resource.Cache.Snapshot.Find(scope.Namespace, name) is null
                    ? new WriteOutcome.Written(bytes, true, null)
                    : ApiStatus.AlreadyExists(scope.Resource.Type, name);
            }

            switch (await CommitAsync(WritePlan.Put(kind.Type, key, Revision.None, bytes, null, _clock.GetUtcNow()), cancellation).ConfigureAwait(false))
            {
                case CommitResult.Committed done:
                    var stored = await SeenAsync(scope.Resource.Cache, scope.Namespace, name, bytes, done.At, cancellation).ConfigureAwait(false);
                    return new WriteOutcome.Written(stored.Json, true, stored);
                case CommitResult.Full full:
                    return ApiStatus.Internal(full.Reason);
                case var _ when generated && attempt < Attempts:
                    break;
                default:
                    return generated ? ApiStatus.GeneratedNameTaken(scope.Resource.Type, name) : ApiStatus.AlreadyExists(scope.Resource.Type, name);
            }
        }
    }

    /// <summary>Changes the object into what the proposer wants, again and again while others are faster and the proposal names no revision.</summary>
    public async ValueTask<WriteOutcome> UpdateAsync(WriteScope scope, Proposer propose, CancellationToken cancellation)
    {
        var (resource, cache) = (scope.Resource, scope.Resource.Cache);
        for (var attempt = 1; ; attempt++)
        {
            var stored = cache.Snapshot.Find(scope.Namespace, scope.Name);
            var old = stored is null ? null : Decode(resource, stored);
            var proposal = propose(old, stored);
            if (proposal.Refusal is { } refused)
            {
                return refused;
            }

            if (stored is null)
            {
                return await CreateAsync(scope, proposal.Value!, proposal.Managed, cancellation).ConfigureAwait(false);
            }

            // The proposer may have built upon its tree, so the comparison gets one of its own.
            var (plan, refusal, pinned) = await FinishUpdateAsync(scope, proposal, Decode(resource, stored), stored, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            if (plan is not { } write)
            {
                return new WriteOutcome.Written(stored.Json, false, stored);
            }

            if (scope.DryRun)
            {
                return new WriteOutcome.Written(StoredObject.Of(resource.Stored, write.Bytes.Span, stored.Revision).Json, false, null);
            }

            switch (await CommitAsync(write.Transaction, cancellation).ConfigureAwait(false))
            {
                case CommitResult.Committed done when write.Removes:
                    await _registry.Clock.WaitAsync(done.At.Value, cancellation).ConfigureAwait(false);
                    return new WriteOutcome.Written(StoredObject.Of(resource.Stored, write.Bytes.Span, done.At.Value).Json, false, null);
                case CommitResult.Committed done:
                    var seen = await SeenAsync(cache, scope.Namespace, scope.Name, write.Bytes, done.At, cancellation).ConfigureAwait(false);
                    return new WriteOutcome.Written(seen.Json, false, seen);
                case CommitResult.Full full:
                    return ApiStatus.Internal(full.Reason);
                case CommitResult.Conflict conflict when !pinned && attempt < Attempts:
                    await _registry.Clock.WaitAsync(conflict.Actual.Value, cancellation).ConfigureAwait(false);
                    break;
                default:
                    return ApiStatus.Modified(resource.Type, scope.Name);
            }
        }
    }

    /// <summary>A stored object as a tree of its own, without resourceVersion.</summary>
    internal static TreeMap Decode(ServedResource resource, StoredObject stored) =>
        TreeDecoder.Decode(resource.Stored.Type.Schema, stored.Json, FieldValidation.Ignore).Object
        ?? throw new InvalidDataException($"the stored {resource.Stored} {stored.Key} cannot be read");

    internal ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) =>
        _registry.Store.CommitAsync(transaction, cancellation);

    private async ValueTask<(byte[] Bytes, ApiStatus? Refusal)> FinishCreateAsync(WriteScope scope, TreeMap value, bool managed, CancellationToken cancellation)
    {
        var (type, strategy) = (scope.Resource.Stored.Type, scope.Resource.Strategy);
        var now = _clock.GetUtcNow();
        Metadata.Begin(value, scope.Namespace, _ids, now);
        value = Default(scope.Resource, value);
        var name = value.Map("metadata")!.Text("name") ?? "";
        var request = scope.Admission(AdmissionOperation.Create, null, name);
        if (await _admission.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } refused)
        {
            return ([], refused);
        }

        strategy.PrepareCreate(value);
        var metadata = value.Made("metadata");
        metadata["generation"] = strategy.HasGeneration ? TreeInteger.Of(1) : null;
        if (!managed)
        {
            _managers.Update(type, null, value, new FieldWrite(scope.FieldManager, scope.Subresource, now));
        }

        var canonical = Canonical.Of(type.Schema, value);
        var bytes = TreeJson.Write(canonical);
        var typed = scope.Resource.Stored.Decode(bytes);
        if (_validator.Validate(type, typed, null, scope.Subresource) is { Count: > 0 } errors)
        {
            return ([], ApiStatus.Invalid(scope.Resource.Type, name, errors));
        }

        return (bytes, await _admission.ValidateAsync(request, typed, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<(WritePlan? Plan, ApiStatus? Refusal, bool Pinned)> FinishUpdateAsync(
        WriteScope scope, Proposal proposal, TreeMap old, StoredObject stored, CancellationToken cancellation)
    {
        var (resource, value, strategy) = (scope.Resource, proposal.Value!, scope.Resource.Strategy);
        var type = resource.Stored.Type;
        var named = value.Made("metadata").Text("resourceVersion") ?? "";
        var pinned = named.Length > 0 && named != "0";
        if (pinned && named != old.Made("metadata").Text("resourceVersion"))
        {
            return (null, ApiStatus.Modified(resource.Type, scope.Name), true);
        }

        if (!pinned && !strategy.AllowsUnconditionalUpdate)
        {
            return (null, ApiStatus.Invalid(
                resource.Type, scope.Name, [FieldError.Invalid("metadata.resourceVersion", named.Length == 0 ? 0L : named, "must be specified for an update")]), true);
        }

        value.Made("metadata").Remove("resourceVersion");
        old.Made("metadata").Remove("resourceVersion");
        value = Default(resource, value);
        var before = (IApiObject)stored.Typed;
        var request = scope.Admission(AdmissionOperation.Update, before, scope.Name);
        if (await _admission.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } refused)
        {
            return (null, refused, pinned);
        }

        var bytes = Prepared(scope, proposal, ref value, old);
        if (bytes.AsSpan().SequenceEqual(stored.Stored()))
        {
            return (null, null, pinned);
        }

        var typed = resource.Stored.Decode(bytes);
        if (_validator.Validate(type, typed, before, scope.Subresource) is { Count: > 0 } errors)
        {
            return (null, ApiStatus.Invalid(resource.Type, scope.Name, errors), pinned);
        }

        if (await _admission.ValidateAsync(request, typed, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return (null, unwanted, pinned);
        }

        var key = resource.Stored.StoreKey(scope.Namespace, scope.Name);
        var removes = DeletionRules.IsOver(strategy, typed.Metadata, value);
        var transaction = removes
            ? StoreTransaction.Delete(key, new Revision(stored.Revision))
            : WritePlan.Put(type, key, new Revision(stored.Revision), bytes, stored, _clock.GetUtcNow());
        return (new WritePlan(transaction, bytes, removes), null, pinned);
    }

    private byte[] Prepared(WriteScope scope, Proposal proposal, ref TreeMap value, TreeMap old)
    {
        var (type, strategy) = (scope.Resource.Stored.Type, scope.Resource.Strategy);
        Metadata.Keep(value, old);
        if (scope.Subresource == "status")
        {
            value = StatusRules.Merge(strategy, value, old);
        }
        else if (scope.Subresource.Length == 0)
        {
            strategy.PrepareUpdate(value, old);
        }

        value = Canonical.Of(type.Schema, value);
        old = Canonical.Of(type.Schema, old);
        if (strategy.HasGeneration && scope.Subresource != "status" && Counts(strategy, value, old))
        {
            value = value.ShallowCopy();
            var metadata = value.Map("metadata")!.ShallowCopy(1);
            metadata["generation"] = Metadata.Generation(old) + 1;
            value["metadata"] = metadata;
        }

        if (!proposal.Managed)
        {
            value = value.ShallowCopy();
            value["metadata"] = value.Map("metadata")!.ShallowCopy(1);
            _managers.Update(type, old, value, new FieldWrite(scope.FieldManager, scope.Subresource, _clock.GetUtcNow()));
        }

        value = Canonical.Of(type.Schema, value);
        return TreeJson.Write(value);
    }

    private static bool Counts(KindStrategy strategy, TreeMap value, TreeMap old)
    {
        if (Metadata.WantsOther(value, old))
        {
            return true;
        }

        static bool Differs(TreeMap a, TreeMap b, string key) => !(a.Map("metadata")?[key] ?? TreeNull.Instance).Equals(b.Map("metadata")?[key] ?? TreeNull.Instance);
        return strategy.GenerationCountsMetadata && (Differs(value, old, "annotations") || (strategy.GenerationCountsLabels && Differs(value, old, "labels")));
    }

    private static TreeMap Default(ServedResource resource, TreeMap value)
    {
        var type = resource.Stored.Type;
        var defaulted = Defaulter.Apply(type.Schema, value);
        KindDefaults.Apply(type, defaulted);
        return defaulted;
    }

    private async ValueTask<StoredObject> SeenAsync(
        ResourceCache cache, string ns, string name, ReadOnlyMemory<byte> bytes, Revision at, CancellationToken cancellation)
    {
        await _registry.Clock.WaitAsync(at.Value, cancellation).ConfigureAwait(false);
        var seen = cache.Snapshot.Find(ns, name);
        return seen is not null && seen.Revision == at.Value ? seen : StoredObject.Of(cache.Kind, bytes.Span, at.Value);
    }
}
