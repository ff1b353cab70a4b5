using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Aggregation;
using Gantry.Server.CustomResources;
using Gantry.Server.Handling;

namespace Gantry.Server.Http;

/// <summary>What is served, as clients ask for it: by group and version, or everything at once (aggregated discovery).</summary>
internal sealed class DiscoveryDocuments
{
    // The order in which clients are to prefer groups as long as they are not registered yet.
    private static readonly string[] Order =
    [
        "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    private readonly ResourceTable _table;
    private readonly string _address;
    private readonly AggregatedApis _aggregated;
    private Indexed? _index;

    /// <param name="table">The served resources.</param>
    /// <param name="address">Host and port under which clients in the cluster reach this server.</param>
    /// <param name="aggregated">What other servers answer.</param>
    public DiscoveryDocuments(ResourceTable table, string address, AggregatedApis aggregated)
    {
        _aggregated = aggregated;
        _table = table;
        _address = address;
    }

    /// <summary>The document at <c>/api</c>.</summary>
    public byte[] CoreVersions() => TreeJson.Write(Map(
        ("kind", "APIVersions"),
        ("versions", List("v1")),
        ("serverAddressByClientCIDRs", List(Map(("clientCIDR", "0.0.0.0/0"), ("serverAddress", _address))))));

    /// <summary>The document at <c>/apis</c>.</summary>
    public byte[] Groups() => TreeJson.Write(Map(
        ("kind", "APIGroupList"),
        ("apiVersion", "v1"),
        ("groups", new TreeList(GroupNames().Select(g => (Tree)Group(g))))));

    /// <summary>The document at <c>/apis/G</c>, or null when there is no such group.</summary>
    public byte[]? GroupDocument(string group)
    {
        if (!GroupNames().Contains(group, StringComparer.Ordinal))
        {
            return null;
        }

        var document = Map(("kind", "APIGroup"), ("apiVersion", "v1"));
        foreach (var (key, value) in Group(group))
        {
            document[key] = value;
        }

        return TreeJson.Write(document);
    }

    /// <summary>The document at <c>/apis/G/V</c> and <c>/api/v1</c>, or null when that is not served.</summary>
    public byte[]? Resources(string group, string version)
    {
        var resources = Served(group, version);
        if (resources.Count == 0)
        {
            return null;
        }

        var items = new TreeList();
        foreach (var resource in resources)
        {
            var type = resource.Type;
            items.Add(Resource(resource));
            foreach (var sub in Subresources(resource))
            {
                items.Add(Map(
                    ("name", type.Plural + "/" + sub.Name), ("singularName", ""), ("namespaced", type.Namespaced),
                    ("group", sub.Version is null ? null : sub.Group ?? ""), ("version", sub.Version), ("kind", sub.Kind), ("verbs", Texts(sub.Verbs))));
            }
        }

        // The core group's list has carried no apiVersion from the beginning.
        return TreeJson.Write(Map(
            ("kind", "APIResourceList"), ("apiVersion", group.Length == 0 ? null : "v1"),
            ("groupVersion", group.Length == 0 ? version : group + "/" + version), ("resources", items)));
    }

    /// <summary>Aggregated discovery of the core group or of all others.</summary>
    public byte[] Aggregated(bool core)
    {
        var groups = core ? [""] : GroupNames();
        var items = new TreeList(groups.Select(g => (Tree)Map(
            ("metadata", Map(("name", g.Length == 0 ? null : g), ("creationTimestamp", TreeNull.Instance))),
            ("versions", new TreeList(Versions(g).Select(v => (Tree)Map(
                ("version", v),
                ("resources", Elsewhere(g, v) is { } api ? AggregatedDiscovery.Resources(api) : new TreeList(Served(g, v).Select(r => (Tree)AggregatedResource(r)))),
                ("freshness", Elsewhere(g, v) is { IsAvailable: false } ? "Stale" : "Current"))))))));
        return TreeJson.Write(Map(
            ("kind", "APIGroupDiscoveryList"), ("apiVersion", "apidiscovery.k8s.io/v2"), ("metadata", new TreeMap()), ("items", items)));
    }

    /// <summary>Every group but the core group, most preferred first.</summary>
    public IReadOnlyList<string> GroupNames()
    {
        var served = Index().Keys.Where(g => g.Length > 0).Concat(_aggregated.All.Select(a => a.Group)).ToHashSet(StringComparer.Ordinal);
        var priorities = _aggregated.Priorities();
        return [.. served.OrderByDescending(g => priorities.Group(g, Fallback(g))).ThenBy(g => g, StringComparer.Ordinal)];
    }

    /// <summary>The versions of a group, most preferred first: as registered, then stable before beta before alpha, each the highest first.</summary>
    public IReadOnlyList<string> Versions(string group)
    {
        var priorities = _aggregated.Priorities();
        return [.. (Index().GetValueOrDefault(group)?.Keys ?? Enumerable.Empty<string>()).Concat(_aggregated.All.Where(a => a.Group == group).Select(a => a.Version))
            .Distinct(StringComparer.Ordinal).OrderByDescending(v => priorities.Version(group, v)).ThenByDescending(v => v, VersionOrder.Instance)];
    }

    // What the first of them has in Kubernetes, and what custom resources have.
    private static int Fallback(string group) => Array.IndexOf(Order, group) is >= 0 and var place ? 18_000 - place : 1000;

    private AggregatedApi? Elsewhere(string group, string version) => _aggregated.All.FirstOrDefault(a => a.Group == group && a.Version == version);

    private List<ServedResource> Served(string group, string version) => Index().GetValueOrDefault(group)?.GetValueOrDefault(version) ?? [];

    // Made anew when what is served has changed.
    private Dictionary<string, Dictionary<string, List<ServedResource>>> Index()
    {
        var served = _table.Snapshot;
        if (_index is { } known && ReferenceEquals(known.Served, served))
        {
            return known.Groups;
        }

        var groups = served.Values.GroupBy(r => r.Type.Group, StringComparer.Ordinal).ToDictionary(
            g => g.Key,
            g => g.GroupBy(r => r.Type.Version, StringComparer.Ordinal)
                .ToDictionary(v => v.Key, v => v.OrderBy(r => r.Type.Plural, StringComparer.Ordinal).ToList(), StringComparer.Ordinal),
            StringComparer.Ordinal);
        _index = new Indexed(served, groups);
        return groups;
    }

    private TreeMap Group(string group)
    {
        var versions = Versions(group);
        TreeMap Version(string version) => Map(("groupVersion", group + "/" + version), ("version", version));
        return Map(("name", group), ("versions", new TreeList(versions.Select(v => (Tree)Version(v)))), ("preferredVersion", Version(versions[0])));
    }

    private static TreeMap Resource(ServedResource resource)
    {
        var type = resource.Type;
        var hash = resource.Custom?.Family.StorageHash ?? type.StorageVersionHash;
        return Map(
            ("name", type.Plural), ("singularName", type.Singular), ("namespaced", type.Namespaced), ("kind", type.Kind), ("verbs", Texts(Verbs(resource))),
            ("shortNames", Texts(type.ShortNames)), ("categories", Texts(type.Categories)), ("storageVersionHash", hash.Length == 0 ? null : hash));
    }

    private static TreeMap AggregatedResource(ServedResource resource)
    {
        var type = resource.Type;
        // Those of custom resources say it all; of others the list they are in does.
        var (group, version) = resource.Custom is null ? ("", "") : (type.Group, type.Version);
        return Map(
            ("resource", type.Plural),
            ("responseKind", Map(("group", group), ("version", version), ("kind", type.Kind))),
            ("scope", type.Namespaced ? "Namespaced" : "Cluster"),
            ("singularResource", type.Singular),
            ("verbs", Texts(Verbs(resource))), ("shortNames", Texts(type.ShortNames)), ("categories", Texts(type.Categories)),
            ("subresources", type.Subresources.Count == 0 ? null : new TreeList(Subresources(resource).Select(s => (Tree)Map(
                ("subresource", s.Name),
                ("responseKind", Map(("group", s.Group ?? group), ("version", s.Version ?? version), ("kind", s.Kind))),
                ("verbs", Texts(s.Verbs)))))));
    }

    // Those of custom resources come in an order of their own, status before scale.
    private static IEnumerable<Subresource> Subresources(ServedResource resource) =>
        resource.Custom is not null ? resource.Type.Subresources : resource.Type.Subresources.OrderBy(s => s.Name, StringComparer.Ordinal);

    private static IReadOnlyList<string> Verbs(ServedResource resource) => resource.Custom?.Verbs ?? resource.Type.Verbs;

    private static TreeList? Texts(IReadOnlyList<string> texts) => texts.Count == 0 ? null : new TreeList(texts.Select(t => (Tree)t));

    private static TreeList List(params ReadOnlySpan<Tree> items)
    {
        var list = new TreeList(items.Length);
        foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    private static TreeMap Map(params ReadOnlySpan<(string Key, Member Value)> members)
    {
        var map = new TreeMap(members.Length);
        foreach (var (key, value) in members)
        {
            map[key] = value.Value;
        }

        return map;
    }

    /// <summary>A value that may be absent.</summary>
    private readonly record struct Member(Tree? Value)
    {
        public static implicit operator Member(string? text) => new(text is null ? null : new TreeString(text));

        public static implicit operator Member(bool flag) => new(TreeBool.Of(flag));

        public static implicit operator Member(Tree? tree) => new(tree);
    }

    private sealed record Indexed(object Served, Dictionary<string, Dictionary<string, List<ServedResource>>> Groups);
}
