using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Handling;

/// <summary>Which paths and methods of custom resources are served: Kubernetes finds that out by hand there, and therefore says it otherwise than of built-in ones.</summary>
internal static class CustomRoutes
{
    /// <summary>Where a request leads.</summary>
    /// <param name="resource">What the path is about.</param>
    /// <param name="info">What is asked for.</param>
    /// <param name="http">The request; null for those of this process.</param>
    /// <param name="contentType">What its body comes in.</param>
    public static RequestRoute Of(ServedResource resource, RequestInfo info, HttpContext? http, string contentType)
    {
        var type = resource.Type;
        var inNamespace = info.Namespace.Length > 0;
        var acrossAll = info.Verb is "list" or "watch" || (info.Verb == "deletecollection" && http is null);
        if (type.Namespaced ? !inNamespace && !acrossAll : inNamespace)
        {
            return RequestRoute.Nowhere(ApiDispatcher.NoSuchPath);
        }

        var refusal = info.Subresource.Length > 0 ? OfSubresource(resource, info) : OfObject(resource, info);
        refusal ??= info.Verb == "patch" ? PatchHandler.MediaType(contentType, resource) : null;
        refusal ??= info.Verb is "update" or "patch" && info.Name.Length == 0 ? ApiStatus.BadRequest("name must be provided") : null;
        return refusal is null ? RequestRoute.To(resource) : RequestRoute.Nowhere(refusal, resource.Custom!.Deprecation);
    }

    private static ApiStatus? OfSubresource(ServedResource resource, RequestInfo info)
    {
        var type = resource.Type;
        return type.Subresources.FirstOrDefault(s => s.Name == info.Subresource) is not { } described ? ApiStatus.NotFound(type, info.Name)
            : described.Verbs.Contains(info.Verb, StringComparer.Ordinal) ? null
            : ApiStatus.MethodNotSupported(type, info.Verb);
    }

    // What is posted under a name is created as it is posted beside all others: the name is not looked at.
    private static ApiStatus? OfObject(ServedResource resource, RequestInfo info)
    {
        var type = resource.Type;
        return !type.Allows(info.Verb) ? ApiStatus.MethodNotSupported(type, info.Verb)
            : info.Verb == "create" && resource.Custom is { Family.IsTerminating: true } ? ApiStatus.NotWhileTerminating(type, info.Verb)
            : null;
    }
}
