using Gantry.Api;
using Gantry.Api.Apply;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Defaulting;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Services;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary><c>scale</c> of one kind of workload: how many replicas there are and should be, without the rest.</summary>
internal sealed class ScaleSubresource : ISubresource
{
    // What patches see where there is no number yet, so that one that sets none is known.
    private const int Unset = int.MinValue;

    private static readonly FieldSet Replicas = FieldSet.Of("spec.replicas");

    private readonly ObjectWriter _writer;
    private readonly TimeProvider _clock;

    public ScaleSubresource(string group, string plural, ObjectWriter writer, TimeProvider clock)
    {
        Group = group;
        Plural = plural;
        _writer = writer;
        _clock = clock;
    }

    public string Group { get; }

    public string Plural { get; }

    public string Name => "scale";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        var scope = WriteScope.Of(call, resource);
        switch (call.Info.Verb)
        {
            case "get":
                var stored = resource.Cache.Snapshot.Find(scope.Namespace, scope.Name);
                if (stored is null)
                {
                    return ApiStatus.NotFound(resource.Type, scope.Name);
                }

                return await resource.ReadyAsync(stored, cancellation).ConfigureAwait(false) is { } unreadable ? unreadable
                    : IsUnset(resource, stored, out var path) ? ApiStatus.Internal($"the spec replicas field \"{path}\" does not exist")
                    : Answer(resource, resource.Typed(stored));
            case "update":
                return await UpdateAsync(call, scope, cancellation).ConfigureAwait(false);
            default:
                return await PatchAsync(call, scope, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<ApiAnswer> UpdateAsync(ApiCall call, WriteScope scope, CancellationToken cancellation)
    {
        if (ObjectChecks.Options(call.Options, "UpdateOptions") is { } refused)
        {
            return refused;
        }

        var (scale, refusal) = BodyDecoder.Decode(call, SubresourceKinds.Scale);
        if (scale is null)
        {
            return refusal!;
        }

        if (ObjectChecks.Belongs(scale, scope.Name, scope.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        return await WriteAsync(scope, (old, _) => Scaled(call, scope, old, scale), cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ApiAnswer> PatchAsync(ApiCall call, WriteScope scope, CancellationToken cancellation)
    {
        if (PatchHandler.Check(call, scope.Resource) is { } refused)
        {
            return refused;
        }

        if (PatchHandler.IsApply(call))
        {
            return await ApplyAsync(call, scope, cancellation).ConfigureAwait(false);
        }

        var patch = SentPatch.Read(call);
        return await WriteAsync(scope, (old, stored) =>
        {
            if (old is null || stored is null)
            {
                return Missing(scope);
            }

            var form = Form(scope.Resource, stored);
            var (scale, problem) = PatchHandler.Patched(call, SubresourceKinds.Scale, form, patch, null);
            return scale is null ? problem! : ObjectChecks.Belongs(scale, scope.Name, scope.Namespace) is { } elsewhere ? elsewhere : Scaled(call, scope, old, scale);
        }, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ApiAnswer> ApplyAsync(ApiCall call, WriteScope scope, CancellationToken cancellation)
    {
        var (applied, duplicates, refusal) = PatchHandler.Applied(call);
        return applied is null ? refusal! : await WriteAsync(
            scope, (old, stored) => old is null || stored is null ? Missing(scope) : Applied(call, scope, old, stored, applied, duplicates), cancellation).ConfigureAwait(false);
    }

    // Applied to the Scale, whose managers are those of the number; what comes of it is put into the object.
    private Proposal Applied(ApiCall call, WriteScope scope, TreeMap old, StoredObject stored, TreeMap applied, IReadOnlyList<string> duplicates)
    {
        var (resource, entries) = (scope.Resource, old.Map("metadata")?.List("managedFields"));
        var form = Form(resource, stored);
        form.Made("metadata")["managedFields"] = ScaleEntries.Shown(entries, SubresourceKinds.Scale.ApiVersion, version => Number(resource, version));
        var proposal = FieldTracking.ApplyScale(scope, SubresourceKinds.Scale, form, applied, call.Options.Flag("force"), _clock.GetUtcNow());
        if (proposal.Value is not { } scale)
        {
            return proposal;
        }

        if ((PatchHandler.Strictly(call, duplicates) ?? ObjectChecks.Belongs(scale, scope.Name, scope.Namespace)) is { } refused)
        {
            return refused;
        }

        var kept = ScaleEntries.Kept(entries, scale.Map("metadata")?.List("managedFields"), resource.Type.ApiVersion, version => Number(resource, version));
        var scaled = Scaled(call, scope, old, scale);
        if (scaled.Value is { } value)
        {
            value.Made("metadata")["managedFields"] = kept;
        }

        return scaled with { Managed = true };
    }

    // Where a version of the object keeps how many there should be.
    private static FieldSet? Number(ServedResource resource, string apiVersion)
    {
        var seen = resource.Type.ApiVersion == apiVersion ? resource : resource.Versions.FirstOrDefault(v => v.Type.ApiVersion == apiVersion);
        return seen is null ? null : seen.Custom is { } custom ? custom.Scale?.WantedField : Replicas;
    }

    private static TreeMap Form(ServedResource resource, StoredObject stored)
    {
        var form = TreeDecoder.Decode(
            SubresourceKinds.Scale.Schema, SubresourceKinds.Encode(SubresourceKinds.Scale, ScaleForm.Of(resource, resource.Typed(stored))), FieldValidation.Ignore).Object!;
        if (IsUnset(resource, stored, out _))
        {
            form.Made("spec")["replicas"] = TreeInteger.Of(Unset);
        }

        return form;
    }

    // A custom resource need not say how many there should be, but then it has no scale to show.
    private static bool IsUnset(ServedResource resource, StoredObject stored, out string path)
    {
        path = resource.Custom?.Scale?.WantedPath ?? "";
        return resource.Custom?.Scale is { } scale && resource.Typed(stored) is CustomObject custom && scale.Wanted(custom) is null;
    }

    // Who writes is told of the subresource.
    private static ApiStatus Missing(WriteScope scope) => scope.Resource.Custom is null
        ? ApiStatus.NotFound(scope.Resource.Type.Group, scope.Resource.Type.Plural + "/scale", scope.Name)
        : ApiStatus.NotFound(scope.Resource.Type, scope.Name);

    private static Proposal Scaled(ApiCall call, WriteScope scope, TreeMap? old, TreeMap scale)
    {
        if (old is null)
        {
            return Missing(scope);
        }

        var wanted = scale.Map("spec")?.Number("replicas") ?? 0;
        if (scope.Resource.Custom?.Scale is { } custom)
        {
            if (wanted == Unset)
            {
                return ApiStatus.BadRequest($"the spec replicas field \"{custom.WantedPath}\" cannot be empty");
            }
        }
        else if (Faults(scope, scale, wanted) is { Any: true } faults)
        {
            return ApiStatus.Invalid(SubresourceKinds.Scale, scope.Name, faults.List);
        }

        var (asked, metadata) = (scale.Made("metadata"), old.Made("metadata"));
        if (asked.Text("uid") is { Length: > 0 } uid && uid != metadata.Text("uid"))
        {
            return call.Info.Verb == "update" ? ApiStatus.Conflict(scope.Resource.Type, scope.Name, RegistryPath.OtherUid(scope, uid, metadata.Text("uid") ?? ""))
                : ApiStatus.Conflict(scope.Resource.Type.Group, scope.Resource.Type.Plural + "/scale", scope.Name,
                    $"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata.Text("uid")}");
        }

        if (asked.Text("resourceVersion") is { Length: > 0 } version)
        {
            metadata["resourceVersion"] = version;
        }

        Put(scope.Resource, old, TreeInteger.Of(wanted));
        return old;
    }

    // A Scale is an object of its own, though only its number is kept. Of custom resources it is not: what is wrong is found in the resource.
    private static FieldErrors Faults(WriteScope scope, TreeMap scale, long wanted)
    {
        scale.Made("metadata")["namespace"] = scope.Namespace;
        var errors = new FieldErrors();
        var (metadata, at) = (ApiJson.Decode<V1Scale>(TreeJson.Write(scale)).Metadata, FieldPath.Root("metadata"));
        MetadataRules.Validate(errors, metadata, true, Rules.DnsSubdomain, at);
        MetadataRules.KnownFinalizers(errors, metadata.Finalizers, at.Child("finalizers"));
        errors.NotNegative(FieldPath.Root("spec").Child("replicas"), wanted);
        return errors;
    }

    private async ValueTask<ApiAnswer> WriteAsync(WriteScope scope, Proposer propose, CancellationToken cancellation) =>
        await _writer.UpdateAsync(scope with { View = View(scope.Resource) }, propose, cancellation).ConfigureAwait(false) switch
        {
            WriteOutcome.Refused refused => refused.Status,
            WriteOutcome.Written written => Answer(scope.Resource, scope.Resource.Typed(written.Object)),
            _ => throw new InvalidOperationException("an update removed the object"),
        };

    private static ApiAnswer.Item Answer(ServedResource resource, IApiObject workload) =>
        new(200, SubresourceKinds.Scale, SubresourceKinds.Encode(SubresourceKinds.Scale, ScaleForm.Of(resource, workload)));

    private static AdmissionView View(ServedResource resource) => new(
        SubresourceKinds.Scale,
        workload => (TreeMap)TreeJson.Parse(SubresourceKinds.Encode(
            SubresourceKinds.Scale, ScaleForm.Of(resource, resource.Decode(TreeEncoder.Encode(resource.Type.Schema, workload))))),
        (workload, scale) =>
        {
            // Deeper parts may be those of other trees.
            workload["spec"] = workload.Map("spec")?.DeepClone();
            Put(resource, workload, scale.Map("spec")?["replicas"]);
        });

    private static void Put(ServedResource resource, TreeMap value, Tree? wanted)
    {
        if (resource.Custom?.Scale is { } scale)
        {
            scale.Put(value, wanted);
        }
        else
        {
            value.Made("spec")["replicas"] = wanted;
        }
    }
}
