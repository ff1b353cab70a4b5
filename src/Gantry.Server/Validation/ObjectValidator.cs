using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Validation.Definitions;

namespace Gantry.Server.Validation;

/// <summary>Finds the rules of a built-in kind and applies them.</summary>
public sealed class ObjectValidator : IValidator
{
    /// <inheritdoc/>
    public IReadOnlyList<FieldError> Validate(ResourceType type, IApiObject value, IApiObject? old, string subresource)
    {
        var errors = new FieldErrors();
        var meta = FieldPath.Root("metadata");
        var repeats = old is null ? default : MetadataRepeats.Of(value, subresource);
        if (old is not null)
        {
            MetadataRules.ValidateUpdate(errors, value.Metadata, old.Metadata, meta);
            MetadataRepeats.Repeat(errors, 0, repeats.Changes);
        }

        var before = errors.Count;
        MetadataRules.Validate(errors, value.Metadata, type.Namespaced, NameRule(type), meta);
        MetadataRepeats.Repeat(errors, before, repeats.Whole);
        GroupRules.Check(errors, value, old, subresource);
        if (subresource.Length > 0 && subresource != "ephemeralcontainers")
        {
            if (value is V1CustomResourceDefinition definition)
            {
                DefinitionRules.Status(errors, definition.Status);
            }

            return errors.List;
        }

        Core(errors, value, old, subresource);
        Workloads(errors, value, old);
        Rest(errors, value, old);
        return errors.List;
    }

    private static MetadataRules.NameRule NameRule(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("", "Namespace") => Rules.DnsLabel,
        ("", "Service") => Rules.Dns1035Label,
        ("rbac.authorization.k8s.io", _) => Rules.PathSegment,
        ("apiregistration.k8s.io", _) => Rules.PathSegment,
        ("certificates.k8s.io", _) => Rules.PathSegment,
        ("policy", _) => Rules.PathSegment,
        ("apps", "StatefulSet") => Rules.DnsSubdomain,
        _ => Rules.DnsSubdomain,
    };

    private static void Core(FieldErrors errors, IApiObject value, IApiObject? old, string subresource)
    {
        switch (value)
        {
            case V1Pod pod:
                if (old is V1Pod before && subresource.Length == 0)
                {
                    PodRules.Update(errors, pod, before);
                }

                PodRules.Pod(errors, pod);
                break;
            case V1Service service:
                ServiceRules.Service(errors, service);
                if (old is V1Service oldService)
                {
                    ServiceRules.ServiceUpdate(errors, service, oldService);
                }

                break;
            case V1Endpoints endpoints:
                EndpointRules.Endpoints(errors, endpoints);
                break;
            case V1ConfigMap map:
                ConfigRules.ConfigMap(errors, map, old as V1ConfigMap);
                break;
            case V1Secret secret:
                ConfigRules.Secret(errors, secret, old as V1Secret);
                break;
            case V1Namespace ns:
                ClusterRules.Namespace(errors, ns);
                break;
            case V1Node node:
                ClusterRules.Node(errors, node, old as V1Node);
                break;
            case V1ResourceQuota quota:
                ClusterRules.ResourceQuota(errors, quota, old as V1ResourceQuota);
                break;
            case V1LimitRange range:
                ClusterRules.LimitRange(errors, range);
                break;
            case V1ServiceAccount account:
                ClusterRules.ServiceAccount(errors, account);
                break;
            case CoreV1Event e:
                ClusterRules.CoreEvent(errors, e);
                break;
            case V1PodTemplate template:
                PodRules.Template(errors, template.Template, FieldPath.Root("template"));
                break;
            case V1PersistentVolume pv:
                StorageRules.PersistentVolume(errors, pv, old as V1PersistentVolume);
                break;
            case V1PersistentVolumeClaim claim:
                StorageRules.PersistentVolumeClaim(errors, claim, old as V1PersistentVolumeClaim);
                break;
        }
    }

    private static void Workloads(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1Deployment d:
                AppsRules.Deployment(errors, d, old as V1Deployment);
                break;
            case V1ReplicaSet r:
                AppsRules.ReplicaSet(errors, r, old as V1ReplicaSet);
                break;
            case V1ReplicationController rc:
                AppsRules.ReplicationController(errors, rc);
                break;
            case V1StatefulSet s:
                AppsRules.StatefulSet(errors, s, old as V1StatefulSet);
                break;
            case V1DaemonSet ds:
                AppsRules.DaemonSet(errors, ds, old as V1DaemonSet);
                break;
            case V1ControllerRevision revision:
                AppsRules.ControllerRevision(errors, revision, old as V1ControllerRevision);
                break;
            case V1Job job:
                BatchRules.Job(errors, job, old as V1Job);
                break;
            case V1CronJob cron:
                BatchRules.CronJob(errors, cron);
                break;
        }
    }

    private static void Rest(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case EventsV1Event e:
                ClusterRules.NewEvent(errors, e);
                break;
            case V1CustomResourceDefinition definition:
                DefinitionRules.Definition(errors, definition, old as V1CustomResourceDefinition);
                break;
        }
    }
}
