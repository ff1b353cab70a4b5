using Gantry.Api.Patching;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Handling;

/// <summary>A patch that is no apply, as it was sent.</summary>
/// <param name="Patch">The patch.</param>
/// <param name="Problems">What strict reading finds in it.</param>
/// <param name="Refusal">Why it is no patch, or null. It is said only to who patches something that is there.</param>
internal sealed record SentPatch(Tree Patch, IReadOnlyList<string> Problems, ApiStatus? Refusal)
{
    public const string JsonPatchType = "application/json-patch+json";
    public const string MergePatchType = "application/merge-patch+json";
    public const string StrategicType = "application/strategic-merge-patch+json";

    private static readonly string[] Members = ["op", "path", "from", "value"];

    /// <summary>Reads the call's body.</summary>
    public static SentPatch Read(ApiCall call)
    {
        var checks = call.FieldValidation != FieldValidation.Ignore;
        Tree patch;
        IReadOnlyList<string> problems;
        try
        {
            patch = TreeJson.Parse(call.Body.Span, out problems);
        }
        catch (TreeException e)
        {
            return Refused(call.ContentType == StrategicType || (!checks && call.ContentType == JsonPatchType) ? e.Message
                : checks ? "error decoding patch: " + e.Message : "Invalid JSON Patch");
        }

        return call.ContentType == JsonPatchType ? Operations(patch, problems, checks) : Merge(call, patch, problems, checks);
    }

    private static SentPatch Refused(string message) => new(TreeNull.Instance, [], ApiStatus.BadRequest(message));

    private static SentPatch Merge(ApiCall call, Tree patch, IReadOnlyList<string> problems, bool checks)
    {
        var wrong = $"json: cannot unmarshal {(patch is TreeMap ? "" : patch.KindName)} into Go value of type map[string]interface {{}}";
        if (call.ContentType == StrategicType)
        {
            return patch is TreeMap or TreeNull ? new(patch is TreeNull ? new TreeMap() : patch, problems, null) : Refused(wrong);
        }

        return patch is TreeMap || (patch is TreeList && !checks) ? new(patch, problems, null)
            : patch is TreeNull || !checks ? Refused("Invalid JSON Patch") : Refused("error decoding patch: " + wrong);
    }

    private static SentPatch Operations(Tree patch, IReadOnlyList<string> duplicates, bool checks)
    {
        if (patch is not (TreeList or TreeNull))
        {
            return Refused(checks ? $"error decoding patch: json: cannot unmarshal {patch.KindName} into Go value of type []handlers.jsonPatchOp"
                : $"json: cannot unmarshal {patch.KindName} into Go value of type jsonpatch.Patch");
        }

        var problems = new List<string>();
        for (var i = 0; checks && patch is TreeList steps && i < steps.Count; i++)
        {
            if (Step(steps[i], i, problems) is { } wrong)
            {
                return Refused("error decoding patch: " + wrong);
            }
        }

        if (patch is TreeList { Count: > JsonPatch.MaxOperations } many)
        {
            return new(patch, [], ApiStatus.RequestEntityTooLarge($"The allowed maximum operations in a JSON patch is {JsonPatch.MaxOperations}, got {many.Count}"));
        }

        return new(patch, [.. duplicates.Concat(problems).Select(p => "json patch " + p)], null);
    }

    private static string? Step(Tree step, int index, List<string> problems)
    {
        if (step is not TreeMap map)
        {
            return step is TreeNull ? null : $"json: cannot unmarshal {step.KindName} into Go value of type handlers.jsonPatchOp";
        }

        foreach (var (name, value) in map)
        {
            if (!Members.Contains(name, StringComparer.Ordinal))
            {
                problems.Add($"unknown field \"[{index}].{name}\"");
            }
            else if (name != "value" && value is not (TreeString or TreeNull))
            {
                return $"json: cannot unmarshal {value.KindName} into Go struct field jsonPatchOp.{name} of type string";
            }
        }

        return null;
    }
}
