using System.Globalization;
using System.Text;
using Gantry.Api.Apply;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Handling;

/// <summary>Whether a body belongs to the path it was sent to, and whether the options of a write make sense.</summary>
internal static class ObjectChecks
{
    /// <summary>Fills in or compares the namespace. The tree is the caller's own.</summary>
    public static ApiStatus? Namespace(TreeMap value, string ns)
    {
        var metadata = value.Made("metadata");
        var given = metadata.Text("namespace") ?? "";
        if (ns.Length == 0)
        {
            metadata.Remove("namespace");
            return null;
        }

        if (given.Length > 0 && given != ns)
        {
            return ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = ns;
        return null;
    }

    /// <summary>An update's body must name the object of its path.</summary>
    public static ApiStatus? Name(TreeMap value, string name, string ns)
    {
        var metadata = value.Made("metadata");
        var given = metadata.Text("name") ?? "";
        if (given.Length == 0)
        {
            return ApiStatus.BadRequest("name must be provided");
        }

        if (given != name)
        {
            return ApiStatus.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        }

        var space = metadata.Text("namespace") ?? "";
        return space.Length > 0 && ns.Length > 0 && space != ns
            ? ApiStatus.BadRequest($"the namespace of the object ({space}) does not match the namespace on the URL ({ns})")
            : null;
    }

    /// <summary>The options of a create, update or patch.</summary>
    /// <param name="query">The options.</param>
    /// <param name="kind">CreateOptions, UpdateOptions or PatchOptions.</param>
    public static ApiStatus? Options(RequestOptions query, string kind)
    {
        var errors = new List<FieldError>();
        Manager(query["fieldManager"], errors);
        if (query.All("dryRun").FirstOrDefault(d => d is not ("" or "All")) is { } dry)
        {
            errors.Add(FieldError.NotSupported("dryRun", dry, ["All"]));
        }

        if (query["fieldValidation"] is not ("" or "Ignore" or "Warn" or "Strict") and var validation)
        {
            errors.Add(FieldError.NotSupported("fieldValidation", validation, ["", "Ignore", "Warn", "Strict"]));
        }

        return errors.Count == 0 ? null : ApiStatus.Invalid("meta.k8s.io", kind, "", errors);
    }

    private static void Manager(string name, List<FieldError> errors)
    {
        if (Encoding.UTF8.GetByteCount(name) > FieldManager.LongestName)
        {
            errors.Add(FieldError.TooLong("fieldManager", FieldManager.LongestName));
        }

        var position = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!FieldManager.IsPrintable(rune))
            {
                errors.Add(FieldError.Invalid("fieldManager", name, string.Create(CultureInfo.InvariantCulture, $"invalid character U+{rune.Value:X4} (at position {position})")));
            }

            position += rune.Utf8SequenceLength;
        }
    }
}
