using Gantry.Api;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Matching;

/// <summary>A request as AdmissionReview describes it (<c>admission.k8s.io/v1 AdmissionRequest</c>), without the objects.</summary>
internal static class RequestDescription
{
    public static TreeMap Of(AdmissionRequest request, Invocation shown)
    {
        var map = new TreeMap
        {
            ["kind"] = Kind(shown.Kind),
            ["resource"] = Resource(shown.Resource),
        };
        if (request.Subresource.Length > 0)
        {
            map["subResource"] = request.Subresource;
        }

        map["requestKind"] = Kind(Invocation.Own(request));
        map["requestResource"] = Resource(request.Type);
        if (request.Subresource.Length > 0)
        {
            map["requestSubResource"] = request.Subresource;
        }

        if (request.Name.Length > 0)
        {
            map["name"] = request.Name;
        }

        if (NamespaceOf(request) is { Length: > 0 } ns)
        {
            map["namespace"] = ns;
        }

        map["operation"] = request.Verb;
        map["userInfo"] = TreeJson.Parse(ApiJson.Encode(UserModels.Of(request.User)));
        map["dryRun"] = request.DryRun;
        map["options"] = Options(request);
        return map;
    }

    /// <summary>A request for a namespace is in that namespace.</summary>
    public static string NamespaceOf(AdmissionRequest request) =>
        request.Namespace.Length > 0 ? request.Namespace : request.Type is { Group: "", Plural: "namespaces" } ? request.Name : "";

    private static TreeMap Kind(ResourceType type) => new() { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind };

    private static TreeMap Resource(ResourceType type) => new() { ["group"] = type.Group, ["version"] = type.Version, ["resource"] = type.Plural };

    private static Tree Options(AdmissionRequest request)
    {
        var kind = request.Operation switch
        {
            AdmissionOperation.Create => "CreateOptions",
            AdmissionOperation.Update => "UpdateOptions",
            AdmissionOperation.Delete => "DeleteOptions",
            _ => null,
        };
        if (kind is null)
        {
            return TreeNull.Instance;
        }

        var options = new TreeMap { ["kind"] = kind, ["apiVersion"] = "meta.k8s.io/v1" };
        if (request.DeleteOptions is { } deletes)
        {
            foreach (var (key, value) in (TreeMap)TreeJson.Parse(ApiJson.Encode(deletes)))
            {
                options[key] = options.Contains(key) ? options[key] : value;
            }

            return options;
        }

        if (request.DryRun)
        {
            options["dryRun"] = new TreeList(["All"]);
        }

        foreach (var name in new[] { "fieldManager", "fieldValidation" })
        {
            if (request.Options[name] is { Length: > 0 } value)
            {
                options[name] = value;
            }
        }

        return options;
    }
}
