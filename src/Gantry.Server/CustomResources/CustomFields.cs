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
        if (resource.Custom is not { } custom || custom.Prune(value) is not { Count: > 0 } dropped)
        {
            return null;
        }

        var problems = dropped.Select(d => $"unknown field \"{d}\"").ToList();
        switch (call.FieldValidation)
        {
            case FieldValidation.Strict:
                var type = resource.Type;
                return ApiStatus.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", problems)}");
            case FieldValidation.Warn:
                problems.ForEach(call.Warn);
                return null;
            default:
                return null;
        }
    }
}
