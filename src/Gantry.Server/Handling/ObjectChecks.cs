using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;
using Gantry.Server.Writing;

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

    /// <summary>An update's or patch's outcome must be the object of its path. Fills in the namespace; the tree is the caller's own.</summary>
    public static ApiStatus? Belongs(TreeMap value, string name, string ns)
    {
        if (Namespace(value, ns) is { } elsewhere)
        {
            return elsewhere;
        }

        var given = value.Made("metadata").Text("name") ?? "";
        return given == name ? null : ApiStatus.BadRequest(given.Length == 0
            ? $"the name of the object ({name} based on URL) was undeterminable: name must be provided"
            : $"the name of the object ({given}) does not match the name on the URL ({name})");
    }

    /// <summary>What has to be right before the body of something new is read: what it comes in, and the options.</summary>
    public static ApiStatus? Creation(ApiCall call) => call.BodyProblem is null && call.ContentType is not ("" or "application/json" or "application/yaml")
        ? ApiStatus.UnsupportedMediaType(BodyDecoder.MediaTypes)
        : Options(call.Options, "CreateOptions");

    /// <summary>The options of a create, update or patch.</summary>
    /// <param name="query">The options.</param>
    /// <param name="kind">CreateOptions, UpdateOptions or PatchOptions.</param>
    /// <param name="first">What is wrong besides, or null.</param>
    public static ApiStatus? Options(RequestOptions query, string kind, FieldError? first = null)
    {
        List<FieldError> errors = first is null ? [] : [first];
        ManagerRules.Check("fieldManager", query["fieldManager"], errors.Add);
        if (query.TryGet("dryRun", out _))
        {
            errors.AddRange(DeletionRules.DryRun(query.All("dryRun")));
        }

        if (query["fieldValidation"] is not ("" or "Ignore" or "Warn" or "Strict") and var validation)
        {
            errors.Add(FieldError.NotSupported("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"]));
        }

        return errors.Count == 0 ? null : ApiStatus.Invalid("meta.k8s.io", kind, "", errors);
    }
}
