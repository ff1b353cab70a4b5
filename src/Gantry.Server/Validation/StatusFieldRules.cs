using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What a write of a status may say: of pods, services, namespaces, claims and quotas.</summary>
internal static class StatusFieldRules
{
    /// <summary>The rules of the kind; most have none.</summary>
    public static void Check(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1Pod pod when old is V1Pod before:
                PodStatusRules.Update(errors, pod, before);
                break;
            case V1Service service:
                LoadBalancer(errors, service.Status.LoadBalancer, service.Spec.Type == "LoadBalancer");
                break;
            case V1Namespace ns:
                Namespace(errors, ns);
                break;
            case V1PersistentVolumeClaim claim:
                VolumeClaimRules.Status(errors, claim);
                break;
            case V1ResourceQuota quota:
                QuotaRules.Status(errors, quota.Status);
                break;
            case V1Node node when old is V1Node before:
                NodeRules.Update(errors, node, before);
                break;
            case V1Job job when old is V1Job before:
                JobStatusRules.Update(errors, job, before);
                break;
            default:
                WorkloadStatusRules.Check(errors, value, old);
                break;
        }
    }

    private static void Namespace(FieldErrors errors, V1Namespace ns)
    {
        var at = FieldPath.Root("status").Child("Phase");
        if (ns.Metadata.DeletionTimestamp is null && ns.Status.Phase != "Active")
        {
            errors.Invalid(at, ns.Status.Phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
        else if (ns.Metadata.DeletionTimestamp is not null && ns.Status.Phase != "Terminating")
        {
            errors.Invalid(at, ns.Status.Phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
    }

    private static void LoadBalancer(FieldErrors errors, V1LoadBalancerStatus status, bool allowed)
    {
        var at = FieldPath.Root("status").Child("loadBalancer").Child("ingress");
        if (!allowed && status.Ingress.Count > 0)
        {
            errors.Forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }

        for (var i = 0; i < status.Ingress.Count; i++)
        {
            var (ingress, path) = (status.Ingress[i], at.Index(i));
            if (ingress.Ip.Length > 0)
            {
                errors.Invalid(path.Child("ip"), ingress.Ip, Rules.Ip(ingress.Ip));
            }

            if (ingress.IpMode is not { } mode)
            {
                if (ingress.Ip.Length > 0)
                {
                    errors.Required(path.Child("ipMode"), "must be specified when `ip` is set");
                }
            }
            else if (ingress.Ip.Length == 0)
            {
                errors.Forbidden(path.Child("ipMode"), "may not be specified when `ip` is not set");
            }
            else
            {
                errors.OneOf(path.Child("ipMode"), mode, "Proxy", "VIP");
            }

            if (ingress.Hostname.Length > 0)
            {
                errors.Invalid(path.Child("hostname"), ingress.Hostname, Rules.DnsSubdomain(ingress.Hostname));
                if (Rules.IsIp(ingress.Hostname))
                {
                    errors.Invalid(path.Child("hostname"), ingress.Hostname, "must be a DNS name, not an IP address");
                }
            }
        }
    }
}
