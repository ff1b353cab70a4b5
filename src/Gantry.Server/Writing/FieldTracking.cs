using Gantry.Api;
using Gantry.Api.Apply;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Writing;

/// <summary>Which manager owns which fields of an object, as the API's field manager has it.</summary>
internal static class FieldTracking
{
    /// <summary>The object with managedFields that record a create (no old object), update or patch.</summary>
    /// <param name="scope">Who writes what.</param>
    /// <param name="old">The stored object in canonical form, or null.</param>
    /// <param name="value">The object as it is wanted, in canonical form, before admission.</param>
    /// <param name="now">When.</param>
    public static TreeMap Update(WriteScope scope, TreeMap? old, TreeMap value, DateTimeOffset now) => FieldManager.Update(Operation(scope, now), old, value);

    /// <summary>Keeps an empty list of managed fields, which asks for them to be forgotten, from being taken for none. The tree is the caller's own.</summary>
    public static void KeepReset(TreeMap value)
    {
        if (value.Map("metadata") is { } metadata && metadata.List("managedFields") is { Count: 0 })
        {
            metadata["managedFields"] = new TreeList([new TreeMap()]);
        }
    }

    /// <summary>Puts managed fields back that admission has broken.</summary>
    /// <param name="value">The object after admission, the caller's own.</param>
    /// <param name="before">Its managed fields before.</param>
    /// <param name="warn">Takes what the client is told of it.</param>
    public static void KeepSound(TreeMap value, Tree? before, Action<string> warn)
    {
        if (value.Map("metadata") is not { } metadata || ReferenceEquals(metadata["managedFields"], before) || metadata["managedFields"] is not TreeList now)
        {
            return;
        }

        var errors = new FieldErrors();
        var entries = ApiJson.Decode<V1ObjectMeta>(TreeJson.Write(new TreeMap { ["managedFields"] = now })).ManagedFields;
        MetadataRules.ManagedFields(errors, entries, FieldPath.Root("metadata").Child("managedFields"));
        if ((errors.Any ? ApiStatus.Aggregate(errors.List) : FieldManager.Fault(now)) is { } fault)
        {
            metadata["managedFields"] = before;
            warn(".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: " + fault);
        }
    }

    /// <summary>The same for what is created by a request and answered, but never stored: a question, a token.</summary>
    /// <param name="call">The request.</param>
    /// <param name="type">What is created.</param>
    /// <param name="value">In canonical form.</param>
    /// <param name="now">When.</param>
    public static TreeMap Passing(ApiCall call, ManagedType type, TreeMap value, DateTimeOffset now) =>
        FieldManager.Update(new FieldOperation { Type = type, Subresource = call.Info.Subresource, Manager = call.FieldManager, Now = now }, null, value);

    /// <summary>The stored object with an applied configuration merged in, or the refusal.</summary>
    /// <param name="scope">Who applies what.</param>
    /// <param name="old">The stored object; null when the apply creates it.</param>
    /// <param name="applied">The configuration as it came.</param>
    /// <param name="force">Whether to take fields from other managers.</param>
    /// <param name="now">When.</param>
    public static Proposal Apply(WriteScope scope, TreeMap? old, TreeMap applied, bool force, DateTimeOffset now)
    {
        var type = scope.Resource.Type;
        var result = FieldManager.Apply(Operation(scope, now), old is null ? null : Canonical.Of(type.Schema, old), applied, force);
        return result is ApplyResult.Applied { Changed: false } && old is not null ? new Proposal(old, null, Managed: true)
            : Merged(result, scope.Resource.Managed, type.Schema, applied);
    }

    /// <summary>A Scale with an applied configuration merged in, or the refusal.</summary>
    /// <param name="scope">Who applies what.</param>
    /// <param name="scale">What Scale is.</param>
    /// <param name="old">The Scale with its managed fields.</param>
    /// <param name="applied">The configuration as it came.</param>
    /// <param name="force">Whether to take fields from other managers.</param>
    /// <param name="now">When.</param>
    public static Proposal ApplyScale(WriteScope scope, ResourceType scale, TreeMap old, TreeMap applied, bool force, DateTimeOffset now)
    {
        var operation = new FieldOperation { Type = ManagedType.Of(scale), Subresource = scope.Subresource, Manager = scope.FieldManager, Now = now };
        return Merged(FieldManager.Apply(operation, Canonical.Of(scale.Schema, old), applied, force), operation.Type, scale.Schema, applied);
    }

    private static Proposal Merged(ApplyResult result, ManagedType type, TypeSchema schema, TreeMap applied)
    {
        switch (result)
        {
            case ApplyResult.Applied merged:
                var decoded = TreeDecoder.Decode(schema, merged.Value, FieldValidation.Ignore, fromMap: true);
                return decoded.Object is { } value ? new Proposal(value, null, Managed: true) : new ApiStatus
                {
                    Code = 500,
                    Message = $"failed to convert new object ({FieldManager.Described(applied)}) to proper version: unable to convert unstructured object to "
                        + $"{type.KindText}: {decoded.Error}",
                };
            case ApplyResult.Conflicted conflict:
                return ApiStatus.ApplyConflict(conflict.Message, [.. conflict.Conflicts.Select(c => new StatusCause("FieldManagerConflict", c.Message, c.Field))]);
            case ApplyResult.Refused refused:
                return ApiStatus.BadRequest(refused.Message);
            case ApplyResult.Failed failed:
                return new ApiStatus { Code = 500, Message = failed.Message };
            default:
                throw new InvalidOperationException("an unknown result of an apply");
        }
    }

    private static FieldOperation Operation(WriteScope scope, DateTimeOffset now)
    {
        var type = scope.Resource.Type;
        return new FieldOperation
        {
            Type = scope.Resource.Managed,
            Subresource = scope.Subresource,
            Manager = scope.FieldManager,
            Now = now,
            Filter = ResetFields.Of(type, scope.Subresource),
            Redescribed = scope.Resource.Custom is { Family.IsRevised: true },
            Convert = scope.Memo is { } memo ? (value, apiVersion) => memo.Convert(value, apiVersion, scope.Subresource)
                : scope.Resource.Versions.Count > 1 ? (value, apiVersion) => scope.Resource.InVersion(value, apiVersion, scope.Subresource) : null,
        };
    }
}
