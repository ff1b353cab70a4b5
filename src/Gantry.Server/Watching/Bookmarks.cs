using System.Globalization;
using Gantry.Api.Models;
using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Handling;

namespace Gantry.Server.Watching;

/// <summary>
/// What a watch sends to tell how far it is: an object of the watched kind that holds nothing but its resourceVersion. Clients decode it like any other, so
/// built-in kinds have the fields that are always written, with their zero values, while custom ones have none.
/// </summary>
internal static class Bookmarks
{
    private const string InitialEnd = "k8s.io/initial-events-end";

    // An empty list in the encoding of the watch, from which a client makes the list that it has been sent (KEP-3157 as of 1.32).
    private const string Blueprint = "kubernetes.io/initial-events-list-blueprint";

    /// <summary>The bookmark as the JSON of an object of the served version.</summary>
    /// <param name="resource">What is watched.</param>
    /// <param name="item">How far the watch is, and whether what was there at its beginning ends here.</param>
    /// <param name="blueprint">The empty list that ends the beginning; asked for only there.</param>
    public static byte[] Json(ServedResource resource, WatchItem item, Func<byte[]> blueprint)
    {
        var type = resource.Type;
        var metadata = new TreeMap();
        if (item.Type == WatchItemType.InitialEnd)
        {
            metadata["annotations"] = new TreeMap { [InitialEnd] = "true", [Blueprint] = Convert.ToBase64String(blueprint()) };
        }

        metadata["resourceVersion"] = item.Revision.ToString(CultureInfo.InvariantCulture);
        var value = new TreeMap { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = metadata };
        if (resource.Custom is not null)
        {
            return TreeJson.Write(value);
        }

        Complete(type, value, metadata);
        return TreeJson.Write(Canonical.Of(type.Schema, value));
    }

    /// <summary>An empty list of the kind.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="metadataVersion">The version of meta.k8s.io where only metadata is watched, else null.</param>
    /// <param name="protobuf">Whether in protobuf instead of JSON.</param>
    public static byte[] EmptyList(ServedResource resource, string? metadataVersion, bool protobuf)
    {
        var (apiVersion, kind) = metadataVersion is null ? (resource.Type.ApiVersion, resource.Type.ListKind) : ("meta.k8s.io/" + metadataVersion, "PartialObjectMetadataList");
        if (protobuf)
        {
            return KubernetesProtobuf.EncodeList(apiVersion, kind, new TreeMap(), []);
        }

        var list = metadataVersion is null && resource.Custom is not null
            ? new TreeMap { ["apiVersion"] = apiVersion, ["items"] = new TreeList(), ["kind"] = kind }
            : new TreeMap { ["kind"] = kind, ["apiVersion"] = apiVersion, ["metadata"] = new TreeMap(), ["items"] = TreeNull.Instance };
        return [.. TreeJson.Write(list), (byte)'\n'];
    }

    // What Kubernetes keeps in another form than it shows, and therefore shows although nothing is set.
    private static void Complete(ResourceType type, TreeMap value, TreeMap metadata)
    {
        if (ReferenceEquals(type, V1Deployment.Resource) || ReferenceEquals(type, V1ReplicaSet.Resource) || ReferenceEquals(type, V1StatefulSet.Resource)
            || ReferenceEquals(type, V1ReplicationController.Resource))
        {
            value["spec"] = new TreeMap { ["replicas"] = TreeInteger.Zero };
        }
        else if (ReferenceEquals(type, V1DaemonSet.Resource))
        {
            var annotations = metadata.Map("annotations") ?? new TreeMap();
            annotations["deprecated.daemonset.template.generation"] = "0";
            metadata["annotations"] = annotations;
        }
    }
}
