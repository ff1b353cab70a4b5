using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>The labels and annotations by which pods are found again in the runtime; the labels are those other tools know.</summary>
public static class RuntimeNames
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = Runtime.CriRuntime.PodUidLabel;
    public const string ContainerName = "io.kubernetes.container.name";
    public const string RestartCount = "io.kubernetes.container.restartCount";
    public const string Hash = "io.kubernetes.container.hash";
    public const string GraceSeconds = "io.kubernetes.pod.terminationGracePeriod";

    public static Dictionary<string, string> Labels(V1Pod pod) => new(StringComparer.Ordinal)
    {
        [PodName] = pod.Metadata.Name,
        [PodNamespace] = pod.Metadata.Namespace,
        [PodUid] = pod.Metadata.Uid,
    };

    /// <summary>The folder of a pod's logs below the log directory.</summary>
    public static string LogFolder(V1Pod pod) => $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}";

    /// <summary>A container's log, relative to its pod's folder.</summary>
    public static string LogFile(string container, int restartCount) => FormattableString.Invariant($"{container}/{restartCount}.log");
}
