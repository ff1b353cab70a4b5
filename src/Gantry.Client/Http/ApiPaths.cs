using System.Text;
using Gantry.Api.Schemas;

namespace Gantry.Client.Http;

/// <summary>The paths and query texts of the API.</summary>
public static class ApiPaths
{
    /// <summary><c>/api/v1/namespaces/default/pods</c>; with an empty namespace the collection over all of them.</summary>
    public static string Collection(ResourceId resource, string ns)
    {
        var text = new StringBuilder(resource.Group.Length == 0 ? "/api/" : "/apis/" + resource.Group + "/").Append(resource.Version);
        if (resource.Namespaced && ns.Length > 0)
        {
            text.Append("/namespaces/").Append(Uri.EscapeDataString(ns));
        }

        return text.Append('/').Append(resource.Plural).ToString();
    }

    /// <inheritdoc cref="Collection(ResourceId, string)"/>
    public static string Collection(ResourceType resource, string ns) => Collection(ResourceId.Of(resource), ns);

    /// <summary>The path of one object or one of its subresources.</summary>
    public static string Item(ResourceId resource, string ns, string name, string subresource = "") =>
        Collection(resource, ns) + "/" + Uri.EscapeDataString(name) + (subresource.Length == 0 ? "" : "/" + subresource);

    /// <inheritdoc cref="Item(ResourceId, string, string, string)"/>
    public static string Item(ResourceType resource, string ns, string name, string subresource = "") =>
        Item(ResourceId.Of(resource), ns, name, subresource);

    public static string Query(ListQuery query) => Query(
        ("labelSelector", query.LabelSelector),
        ("fieldSelector", query.FieldSelector),
        ("limit", query.Limit == 0 ? "" : Revisions.Text(query.Limit)),
        ("continue", query.Continue),
        ("resourceVersion", query.ResourceVersion),
        ("resourceVersionMatch", query.ResourceVersionMatch));

    public static string Query(WatchQuery query) => Query(
        ("watch", "true"),
        ("labelSelector", query.LabelSelector),
        ("fieldSelector", query.FieldSelector),
        ("resourceVersion", query.ResourceVersion),
        ("allowWatchBookmarks", query.AllowBookmarks ? "true" : ""),
        ("timeoutSeconds", query.TimeoutSeconds == 0 ? "" : Revisions.Text(query.TimeoutSeconds)));

    public static string Query(PatchBody patch) => Query(("fieldManager", patch.FieldManager), ("force", patch.Force ? "true" : ""));

    private static string Query(params ReadOnlySpan<(string Name, string Value)> parts)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parts)
        {
            if (value.Length > 0)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }
}
