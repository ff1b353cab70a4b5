using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>What a client is told about an object that is good and still not what it may have meant (<c>Warning</c> headers).</summary>
internal static class KindWarnings
{
    private const int LongestLabel = 63;

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    /// <summary>Warns of a new object.</summary>
    public static void Create(IApiObject value, Action<string> warn)
    {
        switch (value)
        {
            case V1Pod pod:
                NameOfHosts(pod.Metadata.Name, "the Pod's hostname", warn);
                PodWarnings.Pod(pod, warn);
                break;
            case V1Deployment d:
                NameOfHosts(d.Metadata.Name, warn);
                PodWarnings.Template(d.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1ReplicaSet r:
                NameOfHosts(r.Metadata.Name, warn);
                PodWarnings.Template(r.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1ReplicationController rc:
                NameOfHosts(rc.Metadata.Name, warn);
                PodWarnings.Template(rc.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1DaemonSet ds:
                PodWarnings.Template(ds.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1StatefulSet set:
                PodWarnings.Template(set.Spec.Template, Spec.Child("template"), warn);
                Claims(set, "", warn);
                break;
            case V1Job job:
                NameOfHosts(job.Metadata.Name, warn);
                Job(job.Spec, Spec, warn);
                break;
            case V1CronJob cron:
                NameOfHosts(cron.Metadata.Name, warn);
                Job(cron.Spec.JobTemplate.Spec, Spec.Child("jobTemplate").Child("spec"), warn);
                break;
            case V1PodTemplate template:
                PodWarnings.Template(template.Template, FieldPath.Root("template"), warn);
                break;
            case V1ServiceAccount account:
                MountableSecrets(account, null, warn);
                break;
            case CustomObject custom:
                Finalizers(custom, [], warn);
                break;
            default:
                Always(value, true, warn);
                break;
        }
    }

    /// <summary>Warns of a changed object.</summary>
    public static void Update(IApiObject value, IApiObject old, Action<string> warn)
    {
        var counted = value.Metadata.Generation != old.Metadata.Generation;
        switch (value)
        {
            case V1Deployment d when counted:
                PodWarnings.Template(d.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1ReplicaSet r when counted:
                PodWarnings.Template(r.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1ReplicationController when counted:
                // Kubernetes looks at the template that was.
                PodWarnings.Template(((V1ReplicationController)old).Spec.Template, Spec.Child("template"), warn);
                break;
            case V1DaemonSet ds when counted && !ds.Spec.Template.Equals(((V1DaemonSet)old).Spec.Template):
                PodWarnings.Template(ds.Spec.Template, Spec.Child("template"), warn);
                break;
            case V1StatefulSet set:
                if (counted)
                {
                    PodWarnings.Template(set.Spec.Template, Spec.Child("template"), warn);
                }

                Claims(set, "Spec", warn);
                break;
            case V1Job job when counted:
                Job(job.Spec, Spec, warn);
                break;
            case V1CronJob cron:
                if (counted)
                {
                    Job(cron.Spec.JobTemplate.Spec, Spec.Child("jobTemplate").Child("spec"), warn);
                }

                if (cron.Spec.Schedule.Contains("TZ", StringComparison.Ordinal))
                {
                    warn("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
                }

                break;
            case V1PodTemplate template when counted:
                PodWarnings.Template(template.Template, FieldPath.Root("template"), warn);
                break;
            case V1ServiceAccount account:
                MountableSecrets(account, (V1ServiceAccount)old, warn);
                break;
            case CustomObject custom:
                Finalizers(custom, old.Metadata.Finalizers, warn);
                break;
            default:
                Always(value, false, warn);
                break;
        }
    }

    // Kinds whose new and changed objects are looked at alike.
    private static void Always(IApiObject value, bool isNew, Action<string> warn)
    {
        switch (value)
        {
            case V1Service service:
                ServiceWarnings.Service(service, warn);
                break;
            case V1Secret secret:
                KeyPairWarnings.Secret(secret, warn);
                break;
            case V1PersistentVolume volume:
                VolumeWarnings.Volume(volume, warn);
                break;
            case V1PersistentVolumeClaim claim:
                VolumeWarnings.Claim(claim, warn);
                break;
            case V1Node node when !string.IsNullOrEmpty(node.Spec.ExternalID):
                warn("spec.externalID: this field is deprecated, and is unused by Kubernetes");
                break;
            default:
                GroupWarnings.Tell(value, isNew, warn);
                break;
        }
    }

    private static void NameOfHosts(string name, Action<string> warn) => NameOfHosts(name, "Pod names and hostnames", warn);

    private static void NameOfHosts(string name, string used, Action<string> warn)
    {
        if (name.Length > LongestLabel || !Rules.IsLabel(name, false))
        {
            warn($"metadata.name: this is used in {used}, which can result in surprising behavior; a DNS label is recommended: [{string.Join(' ', Rules.DnsLabel(name))}]");
        }
    }

    private static void Claims(V1StatefulSet set, string child, Action<string> warn)
    {
        for (var i = 0; i < set.Spec.VolumeClaimTemplates.Count; i++)
        {
            var at = Spec.Child("volumeClaimTemplates").Index(i);
            VolumeWarnings.ClaimSpec(set.Spec.VolumeClaimTemplates[i].Spec, child.Length == 0 ? at : at.Child(child), warn);
        }
    }

    private static void Job(V1JobSpec job, FieldPath at, Action<string> warn)
    {
        if (job is { CompletionMode: "Indexed", Completions: > 100_000, Parallelism: > 10_000 })
        {
            warn($"{at}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail");
        }

        PodWarnings.Template(job.Template, at.Child("template"), warn);
    }

    // Custom resources may have finalizers of any name; those without a domain of their own may be somebody else's, too.
    private static void Finalizers(CustomObject custom, IReadOnlyList<string> before, Action<string> warn)
    {
        foreach (var finalizer in custom.Metadata.Finalizers.Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var wrong in Rules.QualifiedName(finalizer))
            {
                warn($"metadata.finalizers: {GoSyntax.Quoted(finalizer)}: {wrong}");
            }

            if (!MetadataRules.IsKnownFinalizer(finalizer))
            {
                warn($"metadata.finalizers: {GoSyntax.Quoted(finalizer)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers");
            }
        }
    }

    private static void MountableSecrets(V1ServiceAccount account, V1ServiceAccount? old, Action<string> warn)
    {
        const string Annotation = "kubernetes.io/enforce-mountable-secrets";
        if (account.Metadata.Annotations.ContainsKey(Annotation) && old?.Metadata.Annotations.ContainsKey(Annotation) != true)
        {
            warn($"metadata.annotations[{Annotation}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
        }
    }
}
