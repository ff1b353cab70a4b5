using System.Collections.Concurrent;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;

namespace Gantry.Api.Protobuf;

/// <summary>The types of the kinds that have a protobuf form: the built-in ones, and those that requests and answers of all groups share.</summary>
public static class ProtobufKinds
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private static readonly ConcurrentDictionary<(string ApiVersion, string Kind), TypeSchema?> Known = new();

    private static readonly TypeSchema Partial = new("v1.PartialObjectMetadata", Meta + "PartialObjectMetadata",
    [
        new FieldSchema("kind", ValueKind.String),
        new FieldSchema("apiVersion", ValueKind.String),
        new FieldSchema("metadata", ValueKind.Object, static () => ApiTypes.Find(Meta + "ObjectMeta")!) { Number = 1, Presence = Presence.Always },
    ]);

    /// <summary>The type of a kind, or null where it has no protobuf form (custom resources, tables).</summary>
    public static TypeSchema? Find(string apiVersion, string kind) => Known.TryGetValue((apiVersion, kind), out var schema) ? schema : Look(apiVersion, kind);

    private static TypeSchema? Look(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
        var schema = kind switch
        {
            // Every group knows these under its own name.
            "DeleteOptions" or "CreateOptions" or "UpdateOptions" or "PatchOptions" or "GetOptions" or "ListOptions" => ApiTypes.Find(Meta + kind),
            // Discovery's oldest documents do not say their version.
            "Status" or "APIVersions" or "APIGroup" or "APIGroupList" or "APIResourceList" when group.Length == 0 => ApiTypes.Find(Meta + kind),
            "APIGroupDiscoveryList" when group == "apidiscovery.k8s.io" => DiscoveryTypes.List,
            "PartialObjectMetadata" when group == "meta.k8s.io" => Partial,
            _ => ApiCatalog.FindKind(group, version, kind)?.Schema ?? ApiTypes.Find($"io.k8s.api.{(group.Length == 0 ? "core" : group.Split('.')[0])}.{version}.{kind}"),
        };
        // What clients make up is not remembered.
        return schema is null ? null : Known.GetOrAdd((apiVersion, kind), schema);
    }
}
