using Gantry.Api.Apply;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

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

    /// <summary>The stored object with an applied configuration merged in, or the refusal.</summary>
    /// <param name="scope">Who applies what.</param>
    /// <param name="old">The stored object; null when the apply creates it.</param>
    /// <param name="applied">The configuration as it came.</param>
    /// <param name="force">Whether to take fields from other managers.</param>
    /// <param name="now">When.</param>
    public static Proposal Apply(WriteScope scope, TreeMap? old, TreeMap applied, bool force, DateTimeOffset now)
    {
        var type = scope.Resource.Type;
        switch (FieldManager.Apply(Operation(scope, now), old is null ? null : Canonical.Of(type.Schema, old), applied, force))
        {
            case ApplyResult.Applied { Changed: false } when old is not null:
                return new Proposal(old, null, Managed: true);
            case ApplyResult.Applied merged:
                var result = TreeDecoder.Decode(type.Schema, merged.Value, FieldValidation.Ignore, fromMap: true);
                return result.Object is { } value ? new Proposal(value, null, Managed: true) : new ApiStatus
                {
                    Code = 500,
                    Message = $"failed to convert new object ({FieldManager.Described(applied)}) to proper version: unable to convert unstructured object to "
                        + $"{scope.Resource.Managed.KindText}: {result.Error}",
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
            Convert = scope.Memo is { } memo ? (value, apiVersion) => memo.Convert(value, apiVersion, scope.Subresource)
                : scope.Resource.Versions.Count > 1 ? (value, apiVersion) => scope.Resource.InVersion(value, apiVersion, scope.Subresource) : null,
        };
    }
}
