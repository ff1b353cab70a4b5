using Gantry.Api.Trees;
using Gantry.Server.Validation;

namespace Gantry.Server.CustomResources.Conversion;

/// <summary>What a webhook may have made of an object: anything but another object, and no other metadata than labels and annotations.</summary>
internal static class ConvertedObject
{
    /// <summary>Checks one converted object and gives it the metadata that webhooks may not change.</summary>
    /// <param name="before">What was sent.</param>
    /// <param name="after">What came back; changed.</param>
    /// <param name="apiVersion">The version that was asked for.</param>
    /// <returns>What is wrong, and whether that is the metadata, or null.</returns>
    public static (string Problem, bool IsMetadata)? Check(TreeMap before, Tree after, string apiVersion)
    {
        if (after is not TreeMap value)
        {
            return ($"json: cannot unmarshal {after.KindName} into Go value of type map[string]interface {{}}", false);
        }

        if (value.Text("apiVersion") is var version && version != apiVersion)
        {
            return ($"invalid groupVersion (expected {apiVersion}, received {version})", false);
        }

        if (value.Text("kind") is var kind && kind != before.Text("kind"))
        {
            return ($"invalid kind (expected {before.Text("kind")}, received {kind})", false);
        }

        var (was, now) = (before.Map("metadata"), value.Map("metadata"));
        foreach (var (key, word) in (ReadOnlySpan<(string, string)>)[("name", "name"), ("namespace", "namespace"), ("uid", "UID")])
        {
            if ((was?.Text(key) ?? "") is var wanted && (now?.Text(key) ?? "") is var found && wanted != found)
            {
                return ($"must have the same {word}: {wanted} != {found}", false);
            }
        }

        return Restore(value, was ?? new TreeMap()) is { } problem ? (problem, true) : null;
    }

    private static string? Restore(TreeMap value, TreeMap was)
    {
        if (value["metadata"] is not { } given)
        {
            return "missing metadata in converted object";
        }

        if (given is not TreeMap now)
        {
            return $"invalid metadata of type {GoSyntax.TypeOf(given)} in converted object";
        }

        var metadata = (TreeMap)was.DeepClone();
        foreach (var key in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (now[key] is null or TreeNull)
            {
                metadata.Remove(key);
                continue;
            }

            if (now[key] is not TreeMap texts)
            {
                return $"invalid metadata.{key} of type {GoSyntax.TypeOf(now[key])} in converted object";
            }

            foreach (var (name, text) in texts)
            {
                if (text is not TreeString)
                {
                    return $"metadata.{key}[{name}] must be a string, but is {GoSyntax.TypeOf(text)} in converted object";
                }
            }

            if (!texts.Equals(was[key]) && Problem(key, texts) is { } problem)
            {
                return problem;
            }

            metadata[key] = texts;
        }

        value["metadata"] = metadata;
        return null;
    }

    private static string? Problem(string key, TreeMap texts)
    {
        var errors = new FieldErrors();
        var map = texts.ToDictionary(t => t.Key, t => ((TreeString)t.Value).Value, StringComparer.Ordinal);
        if (key == "labels")
        {
            MetadataRules.Labels(errors, map, FieldPath.Root("metadata").Child("labels"));
        }
        else
        {
            MetadataRules.Annotations(errors, map, FieldPath.Root("metadata").Child("annotation"));
        }

        return errors.Count switch { 0 => null, 1 => errors.List[0].ToString(), _ => "[" + string.Join(", ", errors.List) + "]" };
    }
}
