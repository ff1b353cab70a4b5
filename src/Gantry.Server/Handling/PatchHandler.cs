using System.Text;
using Gantry.Api.Patching;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Defaulting;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>Turns patches of every kind into proposals for the writer.</summary>
public sealed class PatchHandler
{
    private const string ApplyType = "application/apply-patch+yaml";

    // What the paths of built-in kinds take; custom ones leave out what needs to know the kind.
    private static readonly string[] Types = [SentPatch.JsonPatchType, SentPatch.MergePatchType, SentPatch.StrategicType, ApplyType];

    private static readonly string[] CustomTypes = [SentPatch.JsonPatchType, SentPatch.MergePatchType, ApplyType];

    private readonly ObjectWriter _writer;
    private readonly TimeProvider _clock;

    public PatchHandler(ObjectWriter writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
    }

    public async ValueTask<WriteOutcome> PatchAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (Check(call, resource) is { } refused)
        {
            return refused;
        }

        call.Audit?.Requests(IsApply(call) ? BodyDecoder.FromYaml(call.Body.Span).Json : call.Body);
        var scope = WriteScope.Of(call, resource);
        if (IsApply(call))
        {
            return await ApplyAsync(call, scope, cancellation).ConfigureAwait(false);
        }

        var patch = SentPatch.Read(call);
        return await _writer.UpdateAsync(
            scope, (old, _) => old is null ? ApiStatus.NotFound(resource.Type, scope.Name) : Propose(call, scope, old, patch), cancellation).ConfigureAwait(false);
    }

    internal static bool IsApply(ApiCall call) => call.ContentType == ApplyType;

    /// <summary>What is wrong with the media type or the options, or null.</summary>
    internal static ApiStatus? Check(ApiCall call, ServedResource? resource)
    {
        return MediaType(call.ContentType, resource) ?? ObjectChecks.Options(call.Options, "PatchOptions", IsApply(call)
            ? call.Options["fieldManager"].Length == 0 ? FieldError.Required("fieldManager", "is required for apply patch") : null
            : call.Options.TryGet("force", out _) ? FieldError.Forbidden("force", "may not be specified for non-apply patch") : null);
    }

    /// <summary>What is wrong with the media type alone, or null.</summary>
    internal static ApiStatus? MediaType(string contentType, ServedResource? resource)
    {
        var types = resource?.Custom is null ? Types : CustomTypes;
        return types.Contains(contentType, StringComparer.Ordinal) ? null
            : resource?.Custom is null ? ApiStatus.UnroutedMediaType
            : ApiStatus.UnsupportedMediaType(types);
    }

    /// <summary>The old object with the patch carried out, decoded. A custom resource can have become one of another kind.</summary>
    /// <param name="call">The request.</param>
    /// <param name="type">The kind of the object.</param>
    /// <param name="old">The object.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="resource">Where a custom resource's schema is known from; null for other kinds.</param>
    internal static (TreeMap? Value, ApiStatus? Refusal) Patched(ApiCall call, ResourceType type, TreeMap old, SentPatch patch, ServedResource? resource)
    {
        var (patched, refusal) = patch.Refusal is null ? Merged(call, type, old, patch.Patch) : (null, patch.Refusal);
        if (patched is null)
        {
            return (null, refusal);
        }

        var strategic = call.ContentType == SentPatch.StrategicType;
        var checks = call.FieldValidation == FieldValidation.Ignore ? FieldValidation.Ignore : FieldValidation.Warn;
        var result = TreeDecoder.Decode(type.Schema, patched, checks, fromMap: strategic);
        var error = result.Error ?? (strategic ? null : resource?.Custom is null ? OtherKind(type, result.Object!) : NoKind(result.Object!, patched));
        List<string> unknown = [];
        if (error is null && resource is not null)
        {
            (unknown, error) = CustomFields.Drop(resource, result.Object!);
        }

        IReadOnlyList<string> problems = patch.Problems.Count + unknown.Count == 0 ? result.Problems : [.. patch.Problems, .. result.Problems, .. unknown];
        if (error is null && problems.Count > 0 && call.FieldValidation == FieldValidation.Strict)
        {
            error = "strict decoding error: " + string.Join(", ", problems);
        }

        if (error is not null)
        {
            // Problems are about the patch as a whole.
            var shown = strategic ? GoSyntax.Plain(patch.Patch) : TreeJson.WriteText(patched);
            return (null, ApiStatus.Invalid("", "", "", [FieldError.Invalid("patch", shown, error)]));
        }

        BodyDecoder.Warn(call, checks == FieldValidation.Ignore ? [] : problems);
        var value = result.Object!;
        if (resource?.Custom is null)
        {
            value["kind"] = type.Kind;
            value["apiVersion"] = type.ApiVersion;
        }

        return (value, null);
    }

    /// <summary>The configuration that an apply brings, with what strict reading finds in it; or why it is none.</summary>
    internal static (TreeMap? Value, IReadOnlyList<string> Duplicates, ApiStatus? Refusal) Applied(ApiCall call)
    {
        // Not decoded as the type: what the configuration does not state must not be stated by defaults, and unknown fields are the field manager's to refuse.
        try
        {
            var given = TreeYaml.Parse(call.Body.Span, call.FieldValidation != FieldValidation.Ignore, out var duplicates);
            return given is TreeMap or TreeNull ? (given as TreeMap ?? new TreeMap(), duplicates, null) : (null, [], ApiStatus.BadRequest(
                $"error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {given.KindName} into Go value of type map[string]interface {{}}"));
        }
        catch (TreeException e)
        {
            return (null, [], ApiStatus.BadRequest("error decoding YAML: error converting YAML to JSON: " + e.Message));
        }
    }

    /// <summary>What a request wants done about keys that stand twice in the configuration it applies.</summary>
    internal static ApiStatus? Strictly(ApiCall call, IReadOnlyList<string> duplicates)
    {
        if (duplicates.Count > 0 && call.FieldValidation == FieldValidation.Strict)
        {
            return ApiStatus.BadRequest($"error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  {string.Join("\n  ", duplicates)}");
        }

        BodyDecoder.Warn(call, duplicates);
        return null;
    }

    private static Proposal Propose(ApiCall call, WriteScope scope, TreeMap old, SentPatch patch)
    {
        var (value, refusal) = Patched(call, scope.Resource.Type, old, patch, scope.Resource);
        return value is null ? refusal!
            : ObjectChecks.Belongs(value, scope.Name, scope.Namespace) is { } elsewhere ? elsewhere
            : scope.Resource.Custom is not null && BodyDecoder.OtherCustomKind(value, scope.Resource.Type) is { } other ? other
            : value;
    }

    // A custom resource may turn into another kind until its rules are asked, but has to be of one.
    private static string? NoKind(TreeMap value, Tree patched) =>
        value.Text("kind") is { Length: > 0 } ? null : $"Object 'Kind' is missing in '{TreeJson.WriteText(patched)}'";

    private static string? OtherKind(ResourceType type, TreeMap value) => BodyDecoder.OtherKind(value.Text("apiVersion") ?? "", value.Text("kind") ?? "", type);

    private static (Tree? Value, ApiStatus? Refusal) Merged(ApiCall call, ResourceType type, TreeMap old, Tree patch)
    {
        if (call.ContentType == SentPatch.MergePatchType)
        {
            return (JsonMergePatch.Apply(old, patch), null);
        }

        var result = call.ContentType == SentPatch.JsonPatchType ? JsonPatch.Apply(old, patch) : StrategicMergePatch.Apply(type.Schema, old, (TreeMap)patch);
        return result switch
        {
            PatchResult.Patched merged => (merged.Value, null),
            PatchResult.Refused { Fault: PatchFault.Malformed } refused => (null, ApiStatus.BadRequest(refused.Message)),
            PatchResult.Refused { Fault: PatchFault.Unfit } => (null, ApiStatus.UnprocessablePatch),
            PatchResult.Refused refused => (null, new ApiStatus { Code = 500, Message = refused.Message }),
            _ => throw new InvalidOperationException("an unknown result of a patch"),
        };
    }

    private async ValueTask<WriteOutcome> ApplyAsync(ApiCall call, WriteScope scope, CancellationToken cancellation)
    {
        var type = scope.Resource.Type;
        var (applied, duplicates, refusal) = Applied(call);
        return applied is null ? refusal! : await _writer.UpdateAsync(scope, (old, _) =>
        {
            var proposal = FieldTracking.Apply(scope, old, applied, call.Options.Flag("force"), _clock.GetUtcNow());
            if (proposal.Value is not { } value)
            {
                return proposal;
            }

            if (Strictly(call, duplicates) is { } unclear)
            {
                return unclear;
            }

            if (old is null && value.Map("metadata")?.Text("uid") is { Length: > 0 } uid)
            {
                return ApiStatus.Conflict(type, scope.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            }

            return ObjectChecks.Belongs(value, scope.Name, scope.Namespace) is { } elsewhere ? elsewhere
                : old is null && scope.Subresource.Length > 0 ? ApiStatus.NotFound(type, scope.Name) : proposal;
        }, cancellation).ConfigureAwait(false);
    }
}
