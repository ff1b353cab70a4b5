using Gantry.Api.Apply;
using Gantry.Api.Defaults;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Services;
using Gantry.Server.Statuses;
using Gantry.Server.Warnings;
using Gantry.Store;

namespace Gantry.Server.Writing;

/// <summary>
/// The one way by which objects change: prepare, default, admit, validate, admit again, write if nobody was faster. Requests over HTTP, calls
/// inside the process, patches, subresources: all of them end here.
/// </summary>
public sealed class ObjectWriter
{
    // A patch that loses this many races is up against something that writes in a loop; as many generated names may be taken.
    private const int Attempts = 8;

    private readonly ObjectRegistry _registry;
    private readonly AdmissionChain _admission;
    private readonly IValidator _validator;
    private readonly ServiceAllocator _services;
    private readonly IIds _ids;
    private readonly TimeProvider _clock;

    public ObjectWriter(ObjectRegistry registry, AdmissionChain admission, IValidator validator, ServiceAllocator services, IIds ids, TimeProvider clock)
    {
        _services = services;
        _registry = registry;
        _admission = admission;
        _validator = validator;
        _ids = ids;
        _clock = clock;
    }

    /// <summary>Creates the object.</summary>
    /// <param name="scope">What is written by whom.</param>
    /// <param name="value">A decoded object of the stored version, the writer's own from here on.</param>
    /// <param name="managed">Whether the value carries its final managedFields already.</param>
    /// <param name="cancellation">Ends admission and the wait for the store.</param>
    public async ValueTask<WriteOutcome> CreateAsync(WriteScope scope, TreeMap value, bool managed, CancellationToken cancellation)
    {
        var request = scope.Admission(AdmissionOperation.Create, null, value.Map("metadata")?.Text("name") ?? "");
        (value, var unwelcome) = await BeginCreateAsync(scope, request, value, managed, cancellation).ConfigureAwait(false);
        if (unwelcome is not null)
        {
            return unwelcome;
        }

        var named = value.Made("metadata");
        var (prefixed, nameless) = (named.Text("generateName") is { Length: > 0 }, string.IsNullOrEmpty(named.Text("name")));
        for (var attempt = 1; ; attempt++)
        {
            var last = !prefixed || !nameless || attempt == Attempts;
            var own = last ? value : (TreeMap)value.DeepClone();
            using var taken = new AllocationSlot();
            var (name, json, bytes, refusal) = await FinishCreateAsync(scope, request, own, taken, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            if (scope.DryRun)
            {
                if (scope.Resource.Cache.Snapshot.Find(scope.Namespace, name) is null)
                {
                    return new WriteOutcome.Imagined(json);
                }
            }
            else
            {
                var stored = scope.Resource.Stored;
                var plan = WritePlan.Put(stored.Type, stored.StoreKey(scope.Namespace, name), Revision.None, bytes, null, _clock.GetUtcNow());
                switch (await CommitAsync(plan, cancellation).ConfigureAwait(false))
                {
                    case CommitResult.Committed done:
                        taken.Commit(done.At.Value);
                        var seen = await SeenAsync(scope.Resource.Cache, scope.Namespace, name, bytes, done.At, cancellation).ConfigureAwait(false);
                        return await ShownAsync(scope, new WriteOutcome.Written(seen, true, true), cancellation).ConfigureAwait(false);
                    case CommitResult.Full full:
                        return ApiStatus.Internal(full.Reason);
                }
            }

            if (last)
            {
                return Taken(scope, name, prefixed);
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
            if (await resource.ReadyAsync(stored, cancellation).ConfigureAwait(false) is { } unreadable)
            {
                return unreadable;
            }

            var proposal = await ProposeAsync(scope, propose, stored, cancellation).ConfigureAwait(false);
            if (proposal.Refusal is { } refused)
            {
                return refused;
            }

            if (stored is null)
            {
                // A revision that an object is to be made from says nothing where there is none.
                var wanted = proposal.Value!;
                if (Unrevised(Metadata.TakeRevision(wanted)) is { } unread)
                {
                    return unread;
                }

                return await CreateAsync(scope, wanted, proposal.Managed, cancellation).ConfigureAwait(false);
            }

            // The proposer may have built upon its tree, so the comparison gets one of its own.
            using var taken = new AllocationSlot();
            var (plan, refusal) = await FinishUpdateAsync(scope, proposal, resource.Tree(stored), stored, taken, cancellation).ConfigureAwait(false);
            if (refusal is not null)
            {
                return refusal;
            }

            if (plan is not { } write)
            {
                return new WriteOutcome.Written(stored, false, true);
            }

            if (scope.DryRun)
            {
                var imagined = new WriteOutcome.Written(StoredObject.Of(resource.Stored, write.Bytes.Span, stored.Revision), false, false);
                return await ShownAsync(scope, imagined, cancellation).ConfigureAwait(false);
            }

            switch (await CommitAsync(write.Transaction, cancellation).ConfigureAwait(false))
            {
                case CommitResult.Committed done when write.Removes:
                    await _registry.Clock.WaitAsync(done.At.Value, cancellation).ConfigureAwait(false);
                    var last = new WriteOutcome.Written(StoredObject.Of(resource.Stored, write.Bytes.Span, done.At.Value), false, false);
                    return await ShownAsync(scope, last, cancellation).ConfigureAwait(false);
                case CommitResult.Committed done:
                    taken.Commit(done.At.Value);
                    var seen = await SeenAsync(cache, scope.Namespace, scope.Name, write.Bytes, done.At, cancellation).ConfigureAwait(false);
                    return await ShownAsync(scope, new WriteOutcome.Written(seen, false, true), cancellation).ConfigureAwait(false);
                case CommitResult.Full full:
                    return ApiStatus.Internal(full.Reason);
                case CommitResult.Conflict conflict when attempt < Attempts:
                    // The proposer sees the new state; one that insists on a revision is refused then.
                    await _registry.Clock.WaitAsync(conflict.Actual.Value, cancellation).ConfigureAwait(false);
                    break;
                default:
                    return ApiStatus.Modified(resource.Type, scope.Name);
            }
        }
    }

    // A revision that is no number is a fault to Kubernetes, not a conflict.
    private static ApiStatus? Unrevised(string revision) =>
        revision.Length > 0 && Authorization.GoText.NotUnsigned(revision) is { } wrong ? new ApiStatus { Code = 500, Message = wrong } : null;

    // Whether an update is made from another revision than the newest, or from none where it has to say so.
    private static ApiStatus? Outdated(WriteScope scope, string named, string current)
    {
        var number = named.AsSpan().TrimStart('0');
        return Unrevised(named)
            ?? (number.Length == 0 ? scope.Resource.Strategy.AllowsUnconditionalUpdate ? null : ApiStatus.Unconditional(scope.Resource.Type, scope.Name)
                : number.SequenceEqual(current) ? null : ApiStatus.Modified(scope.Resource.Type, scope.Name));
    }

    // Whoever has to wait for an object to go before it can be made again is told so.
    private static ApiStatus Taken(WriteScope scope, string name, bool prefixed)
    {
        var status = prefixed ? ApiStatus.GeneratedNameTaken(scope.Resource.Type, name) : ApiStatus.AlreadyExists(scope.Resource.Type, name);
        var going = scope.Resource.Cache.Snapshot.Find(scope.Namespace, name) is { } there && scope.Resource.Typed(there).Metadata.DeletionTimestamp is not null;
        return going ? status with { Message = "object is being deleted: " + status.Message } : status;
    }

    // What is answered is seen in the version of the request.
    private static async ValueTask<WriteOutcome> ShownAsync(WriteScope scope, WriteOutcome.Written written, CancellationToken cancellation) =>
        await scope.Resource.ReadyAsync(written.Object, cancellation).ConfigureAwait(false) is { } refusal ? refusal : written;

    // A proposal may need to know the object in other versions, which is found out between two tries.
    private static async ValueTask<Proposal> ProposeAsync(WriteScope scope, Proposer propose, StoredObject? stored, CancellationToken cancellation)
    {
        while (true)
        {
            var proposal = propose(stored is null ? null : scope.Resource.Tree(stored), stored);
            if (scope.Memo is not { } memo)
            {
                return proposal;
            }

            var (again, refusal) = await memo.FillAsync(cancellation).ConfigureAwait(false);
            if (!again)
            {
                return refusal is null ? proposal : refusal;
            }
        }
    }

    private async ValueTask<(TreeMap Value, ApiStatus? Refusal)> TrackAsync(WriteScope scope, TreeMap? old, TreeMap value, CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        while (true)
        {
            var tracked = FieldTracking.Update(scope, old, value, now);
            if (scope.Memo is not { } memo)
            {
                return (tracked, null);
            }

            var (again, refusal) = await memo.FillAsync(cancellation).ConfigureAwait(false);
            if (!again)
            {
                return (tracked, refusal);
            }
        }
    }

    private ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellation) =>
        _registry.Store.CommitAsync(transaction, cancellation);

    // What is done once, however often a generated name is taken: whoever may change the object sees it without uid, time and generated name.
    private async ValueTask<(TreeMap Value, ApiStatus? Refusal)> BeginCreateAsync(
        WriteScope scope, AdmissionRequest request, TreeMap value, bool managed, CancellationToken cancellation)
    {
        Metadata.Wipe(value);
        value.Map("metadata")!["namespace"] = scope.Namespace.Length == 0 ? null : (Tree)scope.Namespace;
        value = Default(scope.Resource, value);
        if (!managed)
        {
            (value, var untracked) = await TrackAsync(scope, null, Canonical.Of(scope.Resource.Type.Schema, value), cancellation).ConfigureAwait(false);
            if (untracked is not null)
            {
                return (value, untracked);
            }
        }

        if (await AdmitAsync(scope, request, value, cancellation).ConfigureAwait(false) is { } refused)
        {
            return (value, refused);
        }

        Metadata.DistinctOwners(value, isAdmitted: true, scope.Warn);
        return (value, Metadata.Place(value, scope.Namespace) ?? await GuardAsync(scope, request, value, cancellation).ConfigureAwait(false));
    }

    private async ValueTask<(string Name, byte[] Json, byte[] Kept, ApiStatus? Refusal)> FinishCreateAsync(
        WriteScope scope, AdmissionRequest request, TreeMap value, AllocationSlot taken, CancellationToken cancellation)
    {
        var (type, strategy) = (scope.Resource.Type, scope.Resource.Strategy);
        var (name, revision) = Metadata.Begin(value, type, _ids, _clock.GetUtcNow());
        strategy.PrepareCreate(value, scope.Warn);
        if (Allocate(scope, value, null, taken) is { } exhausted)
        {
            return (name, [], [], exhausted);
        }

        var metadata = value.Made("metadata");
        if (strategy.FirstGeneration is { } first)
        {
            metadata["generation"] = TreeInteger.Of(first);
        }

        var canonical = Canonical.Of(type.Schema, value);
        var bytes = TreeJson.Write(canonical);
        var typed = scope.Resource.Decode(bytes);
        if (await InvalidAsync(scope, request, name, typed, canonical, null, cancellation).ConfigureAwait(false) is { } invalid)
        {
            return (name, [], [], invalid);
        }

        KindWarnings.Create(typed, scope.Warn);
        if (await scope.CreationRefusedAsync(cancellation).ConfigureAwait(false) is { } forbidden)
        {
            return (name, [], [], forbidden);
        }

        request = request.Name.Length == 0 ? request with { Name = name } : request;
        if (!scope.IsAdmitted && await _admission.ValidateAsync(request, typed, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return (name, [], [], unwanted);
        }

        if (revision.Length > 0 && scope.DryRun)
        {
            // Nobody looks at what is not stored, and it is answered as it was sent.
            metadata["resourceVersion"] = revision;
            bytes = TreeJson.Write(Canonical.Of(type.Schema, value));
        }
        else if (revision.Length > 0)
        {
            return (name, [], [], new ApiStatus { Code = 500, Message = "resourceVersion should not be set on objects to be created" });
        }

        var (kept, unkept) = await scope.Resource.KeepAsync(canonical, bytes, cancellation).ConfigureAwait(false);
        return (name, bytes, kept, unkept);
    }

    private async ValueTask<(WritePlan? Plan, ApiStatus? Refusal)> FinishUpdateAsync(
        WriteScope scope, Proposal proposal, TreeMap old, StoredObject stored, AllocationSlot taken, CancellationToken cancellation)
    {
        var (resource, value) = (scope.Resource, proposal.Value!);
        var type = resource.Type;
        var (named, current) = (Metadata.TakeRevision(value), Metadata.TakeRevision(old));
        FieldTracking.KeepReset(value);
        value = Canonical.Of(type.Schema, Default(resource, value));
        old = Canonical.Of(type.Schema, old);
        if (!proposal.Managed)
        {
            (value, var untracked) = await TrackAsync(scope, old, value, cancellation).ConfigureAwait(false);
            if (untracked is not null)
            {
                return (null, untracked);
            }
        }

        // From here on changes go in place, and the root and the metadata may be those of other trees.
        value = value.ShallowCopy(4);
        var metadata = value.Map("metadata")!.ShallowCopy(4);
        value["metadata"] = metadata;
        if (named.Length > 0)
        {
            metadata["resourceVersion"] = named;
        }

        var before = resource.Typed(stored);
        var request = scope.Admission(AdmissionOperation.Update, before, scope.Name);
        if (await AdmitAsync(scope, request, value, cancellation).ConfigureAwait(false) is { } refused)
        {
            return (null, refused);
        }

        // Who changes the object is asked before anybody looks whether it was changed meanwhile.
        Metadata.DistinctOwners(value, isAdmitted: true, scope.Warn);
        named = Metadata.TakeRevision(value);
        if ((await GuardAsync(scope, request, value, cancellation).ConfigureAwait(false) ?? Outdated(scope, named, current) ?? Metadata.Place(value, scope.Namespace)) is { } unguarded)
        {
            return (null, unguarded);
        }

        Metadata.Keep(value, old);
        value = SubresourceRules.Prepare(scope, value, old, _clock.GetUtcNow());
        if (scope.Subresource.Length == 0 && Allocate(scope, value, before, taken) is { } exhausted)
        {
            return (null, exhausted);
        }

        value = Finished(scope, value, old);
        var bytes = TreeJson.Write(value);
        var (kept, unkept) = await resource.KeepAsync(value, bytes, cancellation).ConfigureAwait(false);
        if (unkept is not null)
        {
            return (null, unkept);
        }

        var typed = resource.Decode(bytes);
        if (await InvalidAsync(scope, request, scope.Name, typed, value, old, cancellation).ConfigureAwait(false) is { } invalid)
        {
            return (null, invalid);
        }

        Warn(scope, typed, before);
        if (!scope.IsAdmitted && await _admission.ValidateAsync(request, typed, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return (null, unwanted);
        }

        var key = resource.Stored.StoreKey(scope.Namespace, scope.Name);
        if (kept.AsSpan().SequenceEqual(stored.Stored()) && !await _registry.IsStaleAsync(key, cancellation).ConfigureAwait(false))
        {
            return (null, null);
        }

        var removes = DeletionRules.IsOver(typed);
        var transaction = removes
            ? StoreTransaction.Delete(key, new Revision(stored.Revision))
            : WritePlan.Put(resource.Stored.Type, key, new Revision(stored.Revision), kept, stored, _clock.GetUtcNow());
        return (new WritePlan(transaction, kept, removes), null);
    }

    private async ValueTask<ApiStatus?> AdmitAsync(WriteScope scope, AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (scope.IsAdmitted)
        {
            return null;
        }

        var owners = value.Map("metadata")?["managedFields"];
        var refusal = await _admission.MutateAsync(request, value, cancellation).ConfigureAwait(false);
        if (refusal is null)
        {
            FieldTracking.KeepSound(value, owners, scope.Warn);
        }

        return refusal;
    }

    // The refusal of an object that has faults, or fields that the writer has no right to.
    private async ValueTask<ApiStatus?> InvalidAsync(
        WriteScope scope, AdmissionRequest request, string name, IApiObject typed, TreeMap value, TreeMap? old, CancellationToken cancellation)
    {
        if (Faults(scope, typed, request.Old, value, old) is { Count: > 0 } errors)
        {
            return ApiStatus.Invalid(scope.Resource.Stored.Type, name, errors);
        }

        return !scope.IsAdmitted && await _admission.FieldFaultAsync(request, typed, cancellation).ConfigureAwait(false) is { } fault
            ? ApiStatus.Invalid(scope.Resource.Stored.Type, name, [fault]) : null;
    }

    private ValueTask<ApiStatus?> GuardAsync(WriteScope scope, AdmissionRequest request, TreeMap value, CancellationToken cancellation) => scope.IsAdmitted
        ? default
        : _admission.GuardAsync(request, () => scope.Resource.Decode(TreeJson.Write(Canonical.Of(scope.Resource.Type.Schema, value))), cancellation);

    private static void Warn(WriteScope scope, IApiObject value, IApiObject before)
    {
        if (scope.Subresource.Length == 0)
        {
            KindWarnings.Update(value, before, scope.Warn);
        }
    }

    /// <summary>Gives a Service what it needs; other kinds need nothing that is finite.</summary>
    private ApiStatus? Allocate(WriteScope scope, TreeMap value, IApiObject? old, AllocationSlot taken)
    {
        if (!ReferenceEquals(scope.Resource.Type, V1Service.Resource))
        {
            return null;
        }

        var allocation = _services.Prepare(value, (V1Service?)old, scope.DryRun);
        taken.Hold(allocation);
        return allocation.Refusal;
    }

    private static TreeMap Finished(WriteScope scope, TreeMap value, TreeMap old)
    {
        var (type, strategy) = (scope.Resource.Type, scope.Resource.Strategy);
        value = Canonical.Of(type.Schema, value);
        if (strategy.HasGeneration && scope.Subresource != "status" && Counts(strategy, value, old))
        {
            value = value.ShallowCopy();
            var metadata = value.Map("metadata")!.ShallowCopy(1);
            metadata["generation"] = Metadata.Generation(old) + 1;
            value["metadata"] = metadata;
        }

        return FieldManager.KeepTimes(old, Canonical.Of(type.Schema, value));
    }

    private static bool Counts(KindStrategy strategy, TreeMap value, TreeMap old)
    {
        if (!strategy.GenerationCounts)
        {
            return false;
        }

        if (Metadata.WantsOther(value, old))
        {
            return true;
        }

        static bool Differs(TreeMap a, TreeMap b, string key) => !(a.Map("metadata")?[key] ?? TreeNull.Instance).Equals(b.Map("metadata")?[key] ?? TreeNull.Instance);
        return (strategy.GenerationCountsAnnotations && Differs(value, old, "annotations")) || (strategy.GenerationCountsLabels && Differs(value, old, "labels"));
    }

    private IReadOnlyList<FieldError> Faults(WriteScope scope, IApiObject typed, IApiObject? before, TreeMap value, TreeMap? old)
    {
        var resource = scope.Resource;
        var errors = _validator.Validate(resource.Type, typed, before, scope.Subresource);
        return resource.Custom is { } custom ? [.. errors, .. custom.Check(value, old, scope.Subresource, scope.Warn)] : errors;
    }

    /// <summary>The object with everything that its kind gives it by default.</summary>
    internal static TreeMap Default(ServedResource resource, TreeMap value)
    {
        var type = resource.Type;
        var defaulted = Defaulter.Apply(type.Schema, value);
        resource.Custom?.Complete(defaulted);
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
