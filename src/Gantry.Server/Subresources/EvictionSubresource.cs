using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary><c>pods/eviction</c>: deletes a pod if its disruption budget has room for that.</summary>
internal sealed class EvictionSubresource : ISubresource
{
    // As long as budgets change under it, an eviction tries again; then the client may.
    private const int Attempts = 20;

    private readonly IObjects _objects;
    private readonly ResourceTable _resources;
    private readonly ObjectWriter _writer;
    private readonly ObjectDeleter _deleter;
    private readonly AdmissionChain _admission;
    private readonly TimeProvider _clock;

    public EvictionSubresource(
        IObjects objects, ResourceTable resources, ObjectWriter writer, ObjectDeleter deleter, AdmissionChain admission, TimeProvider clock)
    {
        _objects = objects;
        _resources = resources;
        _writer = writer;
        _deleter = deleter;
        _admission = admission;
        _clock = clock;
    }

    public string Group => "";

    public string Plural => "pods";

    public string Name => "eviction";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ObjectChecks.Creation(call) is { } refused)
        {
            return refused;
        }

        var (value, refusal) = BodyDecoder.Decode(call, SubresourceKinds.Eviction, "policy/v1beta1");
        if (value is null)
        {
            return refusal!;
        }

        if (ObjectChecks.Namespace(value, call.Info.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        var eviction = ApiJson.Decode<V1Eviction>(TreeJson.Write(value));
        if (eviction.Metadata.Name != call.Info.Name)
        {
            return ApiStatus.BadRequest("name in URL does not match name in Eviction object");
        }

        var options = eviction.DeleteOptions ?? new V1DeleteOptions();
        if (DeletionRules.Check(options) is { } wrong)
        {
            return wrong;
        }

        var scope = WriteScope.Of(call, resource) with { DryRun = call.DryRun || options.DryRun.Count > 0 };
        var request = scope.Admission(AdmissionOperation.Create, null, scope.Name) with { Kind = SubresourceKinds.Eviction };
        if (await _admission.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } unwelcome)
        {
            return unwelcome;
        }

        eviction = ApiJson.Decode<V1Eviction>(TreeJson.Write(value));
        if (await _admission.ValidateAsync(request, CustomResources.CustomObject.Read(TreeJson.Write(value)), cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return unwanted;
        }

        options = eviction.DeleteOptions ?? new V1DeleteOptions();
        return await EvictAsync(scope with { Subresource = "", IsAdmitted = true }, options, cancellation).ConfigureAwait(false) ?? new ApiStatus { Code = 201 };
    }

    private async ValueTask<ApiStatus?> EvictAsync(WriteScope scope, V1DeleteOptions options, CancellationToken cancellation)
    {
        if (_objects.Get<V1Pod>(scope.Namespace, scope.Name) is not { } pod)
        {
            return ApiStatus.NotFound(V1Pod.Resource, scope.Name);
        }

        var budgets = EvictionRules.IsHarmless(pod) ? [] : EvictionRules.Budgets(_objects.List<V1PodDisruptionBudget>(scope.Namespace), pod);
        switch (budgets.Count)
        {
            case 0:
                return await DeleteAsync(scope, options, cancellation).ConfigureAwait(false);
            case > 1:
                return new ApiStatus { Code = 500, Message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support." };
        }

        var budget = budgets[0];
        if (EvictionRules.IsUnguarded(pod, budget))
        {
            // It must still be the unready pod that was looked at.
            var pinned = (options.Preconditions ?? new V1Preconditions()) with { ResourceVersion = pod.Metadata.ResourceVersion };
            var outcome = await DeleteAsync(scope, options with { Preconditions = pinned }, cancellation).ConfigureAwait(false);
            return outcome is { Code: 409 } ? EvictionRules.StillProcessed(budget.Metadata.Name) : outcome;
        }

        return await TakeAsync(scope, budget, cancellation).ConfigureAwait(false) ?? await DeleteAsync(scope, options, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes one disruption from the budget, and notes for whom.</summary>
    private async ValueTask<ApiStatus?> TakeAsync(WriteScope scope, V1PodDisruptionBudget budget, CancellationToken cancellation)
    {
        var name = budget.Metadata.Name;
        var served = _resources.Find("policy", "v1", "poddisruptionbudgets")!;
        var status = new WriteScope
        {
            Resource = served, User = UserInfo.Loopback, Namespace = scope.Namespace, Name = name, Subresource = "status", DryRun = scope.DryRun,
            FieldManager = "kube-apiserver",
        };
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var outcome = await _writer.UpdateAsync(status, (old, stored) =>
            {
                if (old is null || stored is null)
                {
                    return ApiStatus.NotFound(served.Type, name);
                }

                return EvictionRules.Take(old, (V1PodDisruptionBudget)stored.Typed, scope.Name, _clock.GetUtcNow()) is { } refusal ? refusal : old;
            }, cancellation).ConfigureAwait(false);
            switch (outcome)
            {
                case WriteOutcome.Refused { Status.Code: 409 }:
                    break;
                case WriteOutcome.Refused refused:
                    return refused.Status;
                default:
                    return null;
            }
        }

        return ApiStatus.Timeout($"couldn't update PodDisruptionBudget \"{name}\" due to conflicts") with { Details = new StatusDetails { RetryAfterSeconds = 10 } };
    }

    /// <summary>Tells the pod why it goes, and deletes it.</summary>
    private async ValueTask<ApiStatus?> DeleteAsync(WriteScope scope, V1DeleteOptions options, CancellationToken cancellation)
    {
        if (!scope.DryRun)
        {
            var status = scope with { User = UserInfo.Loopback, Subresource = "status", FieldManager = "kube-apiserver" };
            var pinned = options.Preconditions?.ResourceVersion;
            switch (await _writer.UpdateAsync(status, (old, stored) => Told(scope, old, stored, options), cancellation).ConfigureAwait(false))
            {
                case WriteOutcome.Refused refused:
                    return refused.Status;
                case WriteOutcome.Written written when pinned is not null:
                    var version = written.Object.Revision.ToString(CultureInfo.InvariantCulture);
                    options = options with { Preconditions = options.Preconditions! with { ResourceVersion = version } };
                    break;
            }
        }

        return await _deleter.DeleteAsync(scope, options, cancellation).ConfigureAwait(false) is WriteOutcome.Refused no ? no.Status : null;
    }

    private Proposal Told(WriteScope scope, TreeMap? old, StoredObject? stored, V1DeleteOptions options)
    {
        if (old is null || stored is null)
        {
            return ApiStatus.NotFound(V1Pod.Resource, scope.Name);
        }

        if (ObjectDeleter.Preconditions(scope, stored, options) is { } other)
        {
            return other;
        }

        EvictionRules.Tell(old, _clock.GetUtcNow());
        old.Made("metadata").Remove("resourceVersion");
        return old;
    }
}
