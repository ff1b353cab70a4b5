using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;

namespace Gantry.Api.Protobuf;

/// <summary>The types of aggregated discovery (apidiscovery.k8s.io), which no resource and no document refers to. Both versions are alike.</summary>
internal static class DiscoveryTypes
{
    private static readonly TypeSchema Kind = Of("GroupVersionKind", Text("group", 1), Text("version", 2), Text("kind", 3));

    private static readonly TypeSchema Subresource = Of("APISubresourceDiscovery", Text("subresource", 1), One("responseKind", 2, Kind), Many("acceptedTypes", 3, Kind), Texts("verbs", 4));

    private static readonly TypeSchema Resource = Of(
        "APIResourceDiscovery", Text("resource", 1), One("responseKind", 2, Kind), Text("scope", 3), Text("singularResource", 4), Texts("verbs", 5), Texts("shortNames", 6),
        Texts("categories", 7), Many("subresources", 8, Subresource));

    private static readonly TypeSchema Version = Of("APIVersionDiscovery", Text("version", 1), Many("resources", 2, Resource), Text("freshness", 3));

    private static readonly TypeSchema Group = Of("APIGroupDiscovery", Meta("ObjectMeta"), Many("versions", 2, Version));

    public static TypeSchema List { get; } = Of(
        "APIGroupDiscoveryList", new FieldSchema("kind", ValueKind.String), new FieldSchema("apiVersion", ValueKind.String), Meta("ListMeta"), Many("items", 2, Group));

    private static TypeSchema Of(string name, params FieldSchema[] fields) => new("v2." + name, "io.k8s.api.apidiscovery.v2." + name, fields);

    private static FieldSchema Text(string name, int number) => new(name, ValueKind.String) { Number = number };

    private static FieldSchema Texts(string name, int number) => new(name, ValueKind.String) { Number = number, Cardinality = Cardinality.List };

    private static FieldSchema One(string name, int number, TypeSchema type) => new(name, ValueKind.Object, () => type) { Number = number, Presence = Presence.Optional };

    private static FieldSchema Many(string name, int number, TypeSchema type) => new(name, ValueKind.Object, () => type) { Number = number, Cardinality = Cardinality.List };

    private static FieldSchema Meta(string type) => new("metadata", ValueKind.Object, () => ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1." + type)!)
    {
        Number = 1, Presence = Presence.Always,
    };
}
