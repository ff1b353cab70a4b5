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
        if (resource.Custom is not { } custom)
        {
            return null;
        }

        var (type, dropped) = (resource.Type, new List<string>());
        if (custom.Prune(value, dropped) is { } unreadable)
        {
            return ApiStatus.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: {unreadable}");
        }

        var problems = dropped.ConvertAll(d => $"unknown field \"{d}\"");
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
}
