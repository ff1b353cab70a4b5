using System.Text;
using Gantry.Api.Patching;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Defaulting;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>Turns patches of every kind into proposals for the writer.</summary>
public sealed class PatchHandler
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";
    private const string ApplyType = "application/apply-patch+yaml";

    private readonly ObjectWriter _writer;
    private readonly TimeProvider _clock;

    public PatchHandler(ObjectWriter writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
    }

    public async ValueTask<WriteOutcome> PatchAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (Check(call) is { } refused)
        {
            return refused;
        }

        if (resource.Custom is not null && call.ContentType == StrategicType)
        {
            return ApiStatus.UnsupportedMediaType([JsonPatchType, MergePatchType, ApplyType]);
        }

        call.Audit?.Requests(IsApply(call) ? BodyDecoder.FromYaml(call.Body.Span).Json : call.Body);
        var scope = WriteScope.Of(call, resource);
        if (IsApply(call))
        {
            return await ApplyAsync(call, scope, cancellation).ConfigureAwait(false);
        }

        var (patch, refusal) = Parse(call);
        return patch is null ? refusal! : await _writer.UpdateAsync(
            scope, (old, _) => old is null ? ApiStatus.NotFound(resource.Type, scope.Name) : Propose(call, scope, old, patch), cancellation).ConfigureAwait(false);
    }

    internal static bool IsApply(ApiCall call) => call.ContentType == ApplyType;

    /// <summary>What is wrong with the options or the media type, or null.</summary>
    internal static ApiStatus? Check(ApiCall call)
    {
        if (ObjectChecks.Options(call.Options, "PatchOptions") is { } refused)
        {
            return refused;
        }

        if (IsApply(call))
        {
            return null;
        }

        if (call.ContentType is not (JsonPatchType or MergePatchType or StrategicType))
        {
            return ApiStatus.UnsupportedMediaType([JsonPatchType, MergePatchType, StrategicType, ApplyType]);
        }

        return call.Options.Flag("force")
            ? ApiStatus.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Forbidden("force", "may not be specified for non-apply patch")])
            : null;
    }

    /// <summary>The patch of the body, which is not an apply.</summary>
    internal static (Tree? Patch, ApiStatus? Refusal) Parse(ApiCall call)
    {
        try
        {
            return (TreeJson.Parse(call.Body.Span), null);
        }
        catch (TreeException e)
        {
            return (null, ApiStatus.BadRequest("error decoding patch: " + e.Message));
        }
    }

    /// <summary>The old object with the patch carried out, decoded.</summary>
    internal static (TreeMap? Value, ApiStatus? Refusal) Patched(ApiCall call, ResourceType type, TreeMap old, Tree patch)
    {
        var (patched, refusal) = Merged(call, type, old, patch);
        if (patched is null)
        {
            return (null, refusal);
        }

        var result = TreeDecoder.Decode(type.Schema, patched, call.FieldValidation);
        if (result.Object is not { } value)
        {
            // Problems that strict validation collects are about the patch as a whole.
            var shown = call.ContentType == StrategicType ? GoMap(patch) : TreeJson.WriteText(patched);
            return (null, ApiStatus.Invalid("", "", "", [FieldError.Invalid("patch", shown, result.Error ?? "")]));
        }

        BodyDecoder.Warn(call, result);
        if (value.Text("apiVersion") is { } version && version != type.ApiVersion)
        {
            return (null, ApiStatus.BadRequest($"the API version in the data ({version}) does not match the expected API version ({type.ApiVersion})"));
        }

        value["kind"] = type.Kind;
        value["apiVersion"] = type.ApiVersion;
        return (value, null);
    }

    /// <summary>The configuration that an apply brings, which is to be of that kind.</summary>
    internal static (TreeMap? Value, ApiStatus? Refusal) Applied(ApiCall call, ResourceType type, WriteScope scope)
    {
        if (call.Options["fieldManager"].Length == 0)
        {
            return (null, ApiStatus.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Required("fieldManager", "is required for apply patch")]));
        }

        // Not decoded as the type: what the configuration does not state must not be stated by defaults, and unknown fields are the field manager's to refuse.
        var (given, duplicates, error) = Read(call.Body.Span);
        if (error is not null || given is not TreeMap applied)
        {
            return (null, ApiStatus.BadRequest("error decoding YAML: " + (error ?? $"json: cannot unmarshal {given!.KindName} into Go value of type map[string]interface {{}}")));
        }

        if (duplicates.Count > 0 && call.FieldValidation == FieldValidation.Strict)
        {
            return (null, ApiStatus.BadRequest("error strict decoding YAML: " + string.Join(", ", duplicates)));
        }

        foreach (var duplicate in call.FieldValidation == FieldValidation.Warn ? duplicates : [])
        {
            call.Warn(duplicate);
        }

        return Belongs(type, scope, applied) is { } refused ? (null, refused) : (applied, null);
    }

    private static (Tree? Given, IReadOnlyList<string> Duplicates, string? Error) Read(ReadOnlySpan<byte> text)
    {
        try
        {
            IReadOnlyList<string> duplicates = [];
            var given = text.Length > 0 && text[0] == '{' ? TreeYaml.Parse(text) : TreeYaml.Parse(Encoding.UTF8.GetString(text), out duplicates);
            return (given, duplicates, null);
        }
        catch (TreeException e)
        {
            return (null, [], "error converting YAML to JSON: " + e.Message);
        }
    }

    private static Proposal Propose(ApiCall call, WriteScope scope, TreeMap old, Tree patch)
    {
        var (value, refusal) = Patched(call, scope.Resource.Type, old, patch);
        if (value is null)
        {
            return refusal!;
        }

        if ((CustomFields.Check(call, scope.Resource, value) ?? ObjectChecks.Name(value, scope.Name, scope.Namespace)
            ?? ObjectChecks.Namespace(value, scope.Namespace)) is { } other)
        {
            return other;
        }

        return value;
    }

    private static (Tree? Value, ApiStatus? Refusal) Merged(ApiCall call, ResourceType type, TreeMap old, Tree patch)
    {
        switch (call.ContentType)
        {
            case JsonPatchType when patch is not TreeList:
                return (null, ApiStatus.BadRequest($"error decoding patch: json: cannot unmarshal {patch.KindName} into Go value of type jsonpatch.Patch"));
            case JsonPatchType when patch is TreeList { Count: > JsonPatch.MaxOperations } many:
                return (null, ApiStatus.RequestEntityTooLarge($"The allowed maximum operations in a JSON patch is {JsonPatch.MaxOperations}, got {many.Count}"));
            case JsonPatchType:
                return JsonPatch.Apply(old, patch) is PatchResult.Patched done ? (done.Value, null) : (null, ApiStatus.UnprocessablePatch);
            case MergePatchType:
                return patch is TreeMap ? (JsonMergePatch.Apply(old, patch), null)
                    : (null, ApiStatus.BadRequest($"error decoding patch: json: cannot unmarshal {patch.KindName} into Go value of type map[string]interface {{}}"));
            default:
                return patch is not TreeMap map
                    ? (null, ApiStatus.BadRequest($"error decoding patch: json: cannot unmarshal {patch.KindName} into Go value of type map[string]interface {{}}"))
                    : StrategicMergePatch.Apply(type.Schema, old, map) switch
                    {
                        PatchResult.Patched merged => (merged.Value, null),
                        PatchResult.Refused refused => (null, ApiStatus.BadRequest(refused.Message)),
                        _ => throw new InvalidOperationException("an unknown result of a patch"),
                    };
        }
    }

    private async ValueTask<WriteOutcome> ApplyAsync(ApiCall call, WriteScope scope, CancellationToken cancellation)
    {
        var resource = scope.Resource;
        var (applied, refusal) = Applied(call, resource.Type, scope);
        return applied is null ? refusal! : await _writer.UpdateAsync(scope, (old, _) =>
        {
            if (old is null && scope.Subresource.Length > 0)
            {
                return ApiStatus.NotFound(resource.Type, scope.Name);
            }

            if (old is null && applied.Map("metadata")?.Text("uid") is { Length: > 0 } uid)
            {
                return ApiStatus.Conflict(resource.Type, scope.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            }

            return FieldTracking.Apply(scope, old, applied, call.Options.Flag("force"), _clock.GetUtcNow());
        }, cancellation).ConfigureAwait(false);
    }

    private static ApiStatus? Belongs(ResourceType type, WriteScope scope, TreeMap applied)
    {
        if (applied.Text("kind") is not { Length: > 0 } kind || applied.Text("apiVersion") is not { Length: > 0 } version)
        {
            return ApiStatus.BadRequest("invalid object type: Object 'Kind' is missing");
        }

        if (kind != type.Kind || version != type.ApiVersion)
        {
            return ApiStatus.BadRequest($"invalid object type: /{version}, Kind={kind}");
        }

        if (applied.Made("metadata")["managedFields"] is TreeList { Count: > 0 })
        {
            return ApiStatus.BadRequest("metadata.managedFields must be nil");
        }

        if (applied.Made("metadata").Text("name") is null or "")
        {
            applied.Made("metadata")["name"] = scope.Name;
        }

        return ObjectChecks.Name(applied, scope.Name, scope.Namespace) ?? ObjectChecks.Namespace(applied, scope.Namespace);
    }

    // A patch as Go prints a map.
    private static string GoMap(Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                return "map[" + string.Join(' ', map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Key + ":" + GoMap(m.Value))) + "]";
            case TreeList list:
                return "[" + string.Join(' ', list.Select(GoMap)) + "]";
            case TreeString text:
                return text.Value;
            case TreeNull:
                return "<nil>";
            default:
                return Encoding.UTF8.GetString(TreeJson.Write(value));
        }
    }
}
