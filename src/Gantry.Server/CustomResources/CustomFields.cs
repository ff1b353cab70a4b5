using Gantry.Api.Trees;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>What a request wants done about fields that a custom resource's schema does not know.</summary>
internal static class CustomFields
{
    /// <summary>Drops the fields, and warns or refuses as the request asks. Built-in kinds have been through their decoder already.</summary>
    public static ApiStatus? Check(ApiCall call, ServedResource resource, TreeMap value)
    {
        var type = resource.Type;
        var (problems, unreadable) = Drop(resource, value);
        if (unreadable is not null)
        {
            return ApiStatus.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: {unreadable}");
        }

        if (problems.Count > 0 && call.FieldValidation == FieldValidation.Strict)
        {
            return ApiStatus.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", problems)}");
        }

        if (call.FieldValidation == FieldValidation.Warn)
        {
            problems.ForEach(call.Warn);
        }

        return null;
    }

    /// <summary>Drops the fields; says of each that it is unknown, or why the object cannot be read at all.</summary>
    public static (List<string> Problems, string? Unreadable) Drop(ServedResource resource, TreeMap value)
    {
        if (resource.Custom is not { } custom)
        {
            return ([], null);
        }

        var dropped = new List<string>();
        return custom.Prune(value, dropped) is { } unreadable ? ([], unreadable.ToString()) : (dropped.ConvertAll(d => $"unknown field \"{d}\""), null);
    }
}
