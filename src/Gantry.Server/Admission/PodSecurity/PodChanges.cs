using Gantry.Api.Models;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>Which writes can make a difference to a standard; pure.</summary>
internal static class PodChanges
{
    private const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompPrefix = "container.seccomp.security.alpha.kubernetes.io/";

    /// <summary>Whether an update changes what a standard looks at. Pods that a stricter standard met running can so still be labelled, and finish.</summary>
    public static bool Matter(V1Pod now, V1Pod old)
    {
        bool Differs(string key) => now.Metadata.Annotations.GetValueOrDefault(key, "") != old.Metadata.Annotations.GetValueOrDefault(key, "");
        bool Changed(string name, string image, string imageBefore) => image != imageBefore || Differs(SeccompPrefix + name);
        static bool Any(IReadOnlyList<V1Container> a, IReadOnlyList<V1Container> b, Func<V1Container, V1Container, bool> differs) =>
            a.Count != b.Count || a.Zip(b).Any(p => differs(p.First, p.Second));
        return Differs(SeccompPod)
            || Any(now.Spec.Containers, old.Spec.Containers, (a, b) => Changed(a.Name, a.Image, b.Image))
            || Any(now.Spec.InitContainers, old.Spec.InitContainers, (a, b) => Changed(a.Name, a.Image, b.Image))
            || now.Spec.EphemeralContainers.Any(c =>
                old.Spec.EphemeralContainers.FirstOrDefault(o => o.Name == c.Name) is not { } before || Changed(c.Name, c.Image, before.Image));
    }

    /// <summary>The template of a workload's pods; null for what makes no pods.</summary>
    public static V1PodTemplateSpec? TemplateOf(IApiObject value) => value switch
    {
        V1Deployment deployment => deployment.Spec.Template,
        V1ReplicaSet replicas => replicas.Spec.Template,
        V1StatefulSet stateful => stateful.Spec.Template,
        V1DaemonSet daemons => daemons.Spec.Template,
        V1Job job => job.Spec.Template,
        V1CronJob cron => cron.Spec.JobTemplate.Spec?.Template,
        V1ReplicationController replication => replication.Spec.Template,
        V1PodTemplate template => template.Template,
        _ => null,
    };
}
