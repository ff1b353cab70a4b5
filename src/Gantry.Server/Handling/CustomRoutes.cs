using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Handling;

/// <summary>Which paths and methods of custom resources are served: Kubernetes finds that out by hand there, and therefore says it otherwise than of built-in ones.</summary>
internal static class CustomRoutes
{
    /// <summary>Why the request goes nowhere, or null.</summary>
    public static ApiAnswer? Refusal(ApiCall call, ServedResource resource)
    {
        var (info, type) = (call.Info, resource.Type);
        var inNamespace = info.Namespace.Length > 0;
        var acrossAll = info.Verb is "list" or "watch" || (info.Verb == "deletecollection" && call.Http is null);
        if (type.Namespaced ? !inNamespace && !acrossAll : inNamespace)
        {
            return ApiDispatcher.NoSuchPath;
        }

        if (resource.Custom?.Deprecation is { } warning)
        {
            call.WarnOfDeprecation(warning);
        }

        var refusal = info.Subresource.Length > 0 ? OfSubresource(call, resource) : OfObject(call, resource);
        return refusal is null ? null : new ApiAnswer.Says(refusal);
    }

    private static ApiStatus? OfSubresource(ApiCall call, ServedResource resource)
    {
        var (info, type) = (call.Info, resource.Type);
        return type.Subresources.FirstOrDefault(s => s.Name == info.Subresource) is not { } described ? ApiStatus.NotFound(type, info.Name)
            : described.Verbs.Contains(info.Verb, StringComparer.Ordinal) ? null
            : ApiStatus.MethodNotSupported(type, info.Verb);
    }

    private static ApiStatus? OfObject(ApiCall call, ServedResource resource)
    {
        var (info, type) = (call.Info, resource.Type);
        // What is posted under a name is created as it is posted beside all others: the name is not looked at.
        return !type.Allows(info.Verb) ? ApiStatus.MethodNotSupported(type, info.Verb)
            : info.Verb is "update" or "patch" && info.Name.Length == 0
                ? (info.Verb == "patch" ? PatchHandler.MediaType(call, resource) : null) ?? ApiStatus.BadRequest("name must be provided")
            : null;
    }
}
