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
        if (old is null && value is CoreV1Event or EventsV1Event)
        {
            Event(errors, type, value);
            return errors.List;
        }

        if (old is null)
        {
            MetadataChecks.Create(errors, type, value, NameRule(type));
        }
        else
        {
            MetadataChecks.Update(errors, type, value, old, subresource);
        }

        GroupRules.Check(errors, value, old, subresource);

        switch (subresource)
        {
            case "status" when value is V1CustomResourceDefinition definition:
                DefinitionRules.Status(errors, definition.Status);
                return errors.List;
            case "status":
                StatusFieldRules.Check(errors, value, old);
                return errors.List;
            case "ephemeralcontainers" when value is V1Pod pod && old is V1Pod before:
                PodRules.Pod(errors, pod, before);
                PodAnnotationRules.Update(errors, pod, before, FieldPath.Root("metadata").Child("annotations"));
                EphemeralContainerRules.Update(errors, pod, before);
                return errors.List;
            case "finalize" when value is V1Namespace ns:
                ClusterRules.Namespace(errors, ns, true);
                return errors.List;
            case "":
                Core(errors, value, old);
                Workloads(errors, value, old);
                Rest(errors, value, old);
                break;
        }

        return errors.List;
    }

    // The older API looks at the metadata of an event that is good otherwise.
    private static void Event(FieldErrors errors, ResourceType type, IApiObject value)
    {
        void Metadata() => MetadataChecks.Create(errors, type, value, NameRule(type));
        if (value is EventsV1Event e)
        {
            EventRules.Create(errors, e, Metadata);
            return;
        }

        EventRules.Core(errors, (CoreV1Event)value);
        if (!errors.Any)
        {
            Metadata();
        }
    }

    private static MetadataRules.NameRule NameRule(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("", "Namespace") => Rules.DnsLabel,
        ("", "Service") => Rules.Dns1035Label,
        // The older API's events may have any name that can be part of a path.
        ("", "Event") => Rules.PathSegment,
        ("rbac.authorization.k8s.io", _) => Rules.PathSegment,
        ("apiregistration.k8s.io", _) => Rules.PathSegment,
        ("certificates.k8s.io", _) => Rules.PathSegment,
        ("policy", _) => Rules.PathSegment,
        ("apps", "StatefulSet") => Rules.DnsLabel,
        _ => Rules.DnsSubdomain,
    };

    private static void Core(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1Pod pod when old is V1Pod before:
                PodRules.Pod(errors, pod, before);
                PodUpdateRules.Update(errors, pod, before);
                break;
            case V1Pod pod:
                PodRules.Create(errors, pod);
                break;
            case V1Service service:
                if (old is V1Service oldService)
                {
                    ServiceRules.ServiceUpdate(errors, service, oldService);
                }

                ServiceRules.Service(errors, service);
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
                ClusterRules.Namespace(errors, ns, false);
                break;
            case V1Node node:
                NodeRules.Node(errors, node);
                if (old is V1Node oldNode)
                {
                    NodeRules.Update(errors, node, oldNode);
                }

                break;
            case V1ResourceQuota quota:
                QuotaRules.Quota(errors, quota, old as V1ResourceQuota);
                break;
            case V1LimitRange range:
                LimitRangeItemRules.LimitRange(errors, range);
                break;
            case CoreV1Event e:
                EventRules.Core(errors, e);
                break;
            case V1PodTemplate template:
                PodRules.Template(errors, template.Template, FieldPath.Root("template"), (old as V1PodTemplate)?.Template);
                break;
            case V1PersistentVolume pv:
                PersistentVolumeRules.Volume(errors, pv, old as V1PersistentVolume);
                break;
            case V1PersistentVolumeClaim claim:
                VolumeClaimRules.Claim(errors, claim, old as V1PersistentVolumeClaim);
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
                AppsRules.ReplicationController(errors, rc, old as V1ReplicationController);
                break;
            case V1StatefulSet s:
                StatefulSetRules.StatefulSet(errors, s, old as V1StatefulSet);
                break;
            case V1DaemonSet ds:
                AppsRules.DaemonSet(errors, ds, old as V1DaemonSet);
                break;
            case V1ControllerRevision revision:
                AppsRules.ControllerRevision(errors, revision, old as V1ControllerRevision);
                break;
            case V1Job job:
                JobRules.Job(errors, job, old as V1Job);
                break;
            case V1CronJob cron:
                CronJobRules.CronJob(errors, cron, old as V1CronJob);
                break;
        }
    }

    private static void Rest(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case EventsV1Event e when old is EventsV1Event before:
                EventRules.Update(errors, e, before);
                break;
            case V1CustomResourceDefinition definition:
                DefinitionRules.Definition(errors, definition, old as V1CustomResourceDefinition);
                break;
        }
    }
}
