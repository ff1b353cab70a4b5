using Gantry.Api.Trees;
using Gantry.Client;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Aggregation;

/// <summary>What another server says it serves (APIResourceList), in the form of aggregated discovery.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>The resources, each with its subresources; none where the server has not answered.</summary>
    public static TreeList Resources(AggregatedApi api)
    {
        var items = new TreeList();
        if (api.Resources is null || Parse(api.Resources) is not { } list)
        {
            return items;
        }

        var all = list.Items("resources").ToList();
        foreach (var resource in all.Where(r => r.Text("name") is { Length: > 0 } name && !name.Contains('/', StringComparison.Ordinal)))
        {
            var name = resource.Text("name")!;
            var item = new TreeMap();
            item["resource"] = name;
            item["responseKind"] = Kind(resource);
            item["scope"] = resource["namespaced"] is TreeBool { Value: true } ? "Namespaced" : "Cluster";
            item["singularResource"] = resource.Text("singularName") ?? "";
            item["verbs"] = resource["verbs"] ?? new TreeList();
            item["shortNames"] = resource["shortNames"];
            item["categories"] = resource["categories"];
            var below = all.Where(r => r.Text("name")?.StartsWith(name + "/", StringComparison.Ordinal) == true).Select(r => Subresource(r, name)).ToList();
            item["subresources"] = below.Count == 0 ? null : new TreeList(below);
            items.Add(item);
        }

        return items;
    }

    /// <summary>The resources that another server serves, without their subresources, for what works on objects of any kind.</summary>
    public static IEnumerable<ResourceId> Ids(AggregatedApi api) => (api.Resources is null ? null : Parse(api.Resources))?.Items("resources")
        .Where(r => r.Text("name") is { Length: > 0 } name && !name.Contains('/', StringComparison.Ordinal))
        .Select(r => new ResourceId(
            api.Group, api.Version, r.Text("name")!, r.Text("kind") ?? "", r["namespaced"] is TreeBool { Value: true },
            string.Join(',', (r.List("verbs") ?? []).OfType<TreeString>().Select(v => v.Value).Order(StringComparer.Ordinal)))) ?? [];

    private static TreeMap Subresource(TreeMap resource, string parent)
    {
        var item = new TreeMap();
        item["subresource"] = resource.Text("name")![(parent.Length + 1)..];
        item["responseKind"] = Kind(resource);
        item["verbs"] = resource["verbs"] ?? new TreeList();
        return item;
    }

    private static TreeMap Kind(TreeMap resource)
    {
        var kind = new TreeMap();
        kind["group"] = resource.Text("group") ?? "";
        kind["version"] = resource.Text("version") ?? "";
        kind["kind"] = resource.Text("kind") ?? "";
        return kind;
    }

    // A server that answers nonsense serves nothing.
    private static TreeMap? Parse(byte[] json)
    {
        try
        {
            return TreeJson.Parse(json) as TreeMap;
        }
        catch (TreeException)
        {
            return null;
        }
    }
}
