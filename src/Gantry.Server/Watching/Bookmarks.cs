using System.Globalization;
using Gantry.Api.Models;
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

    /// <summary>The bookmark as the JSON of an object of the served version.</summary>
    /// <param name="resource">What is watched.</param>
    /// <param name="item">How far the watch is, and whether what was there at its beginning ends here.</param>
    public static byte[] Json(ServedResource resource, WatchItem item)
    {
        var type = resource.Type;
        var metadata = new TreeMap { ["resourceVersion"] = item.Revision.ToString(CultureInfo.InvariantCulture) };
        if (item.Type == WatchItemType.InitialEnd)
        {
            metadata["annotations"] = new TreeMap { [InitialEnd] = "true" };
        }

        var value = new TreeMap { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = metadata };
        if (resource.Custom is not null)
        {
            return TreeJson.Write(value);
        }

        Complete(type, value, metadata);
        return TreeJson.Write(Canonical.Of(type.Schema, value));
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
