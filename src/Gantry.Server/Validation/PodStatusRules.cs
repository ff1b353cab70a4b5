using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation;

/// <summary>A pod's status: containers that ended for good stay ended, and addresses are one of each family.</summary>
internal static class PodStatusRules
{
    public static void Update(FieldErrors errors, V1Pod now, V1Pod old)
    {
        PodAnnotationRules.Update(errors, now, old, FieldPath.Root("metadata").Child("annotations"));
        for (var i = 0; i < now.Status.Conditions.Count; i++)
        {
            var type = now.Status.Conditions[i].Type;
            if (type is not ("PodScheduled" or "Ready" or "Initialized"))
            {
                errors.Invalid(FieldPath.Root("metadata").Child("conditions").Index(i).Child("Type"), type, Rules.QualifiedName(type));
            }
        }

        var at = FieldPath.Root("status");
        if (now.Status.NominatedNodeName != old.Status.NominatedNodeName && now.Status.NominatedNodeName is { Length: > 0 } node)
        {
            errors.Invalid(at.Child("nominatedNodeName"), node, Rules.DnsSubdomain(node));
        }

        errors.Immutable(at.Child("qosClass"), now.Status.QosClass == old.Status.QosClass, now.Status.QosClass);
        Transitions(errors, now.Status.ContainerStatuses, old.Status.ContainerStatuses, at.Child("containerStatuses"), old.Spec.RestartPolicy, null);
        Transitions(errors, now.Status.InitContainerStatuses, old.Status.InitContainerStatuses, at.Child("initContainerStatuses"), old.Spec.RestartPolicy, old.Spec.InitContainers);
        Transitions(errors, now.Status.EphemeralContainerStatuses, old.Status.EphemeralContainerStatuses, at.Child("ephemeralContainerStatuses"), "Never", null);
        for (var i = 0; i < now.Status.ResourceClaimStatuses.Count; i++)
        {
            var name = now.Status.ResourceClaimStatuses[i].Name;
            if (now.Spec.ResourceClaims.All(c => c.Name != name))
            {
                errors.Invalid(at.Child("resourceClaimStatuses").Index(i).Child("name"), name, "must match the name of an entry in `spec.resourceClaims`");
            }
        }

        var addresses = now.Status.PodIPs.Select(i => i.Ip).ToArray();
        Valid(errors, addresses, at.Child("podIPs"));
        Families(errors, addresses, "PodIP", at.Child("podIPs"));
        Once(errors, addresses, "PodIP", at.Child("podIPs"));
        if (now.Status.HostIPs.Count > 0 && now.Status.HostIP != now.Status.HostIPs[0].Ip)
        {
            errors.Invalid(at.Child("hostIPs").Index(0).Child("ip"), now.Status.HostIPs[0].Ip, "must be equal to `hostIP`");
        }

        addresses = [.. now.Status.HostIPs.Select(i => i.Ip)];
        Valid(errors, addresses, at.Child("hostIPs"));
        Once(errors, addresses, "HostIP", at.Child("hostIPs"));
        Families(errors, addresses, "HostIP", at.Child("hostIPs"));
    }

    private static void Transitions(
        FieldErrors errors, IReadOnlyList<V1ContainerStatus> now, IReadOnlyList<V1ContainerStatus> old, FieldPath at, string restartPolicy, IReadOnlyList<V1Container>? sidecars)
    {
        if (restartPolicy == "Always")
        {
            return;
        }

        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].State.Terminated is not { } ended || (ended.ExitCode != 0 && restartPolicy == "OnFailure")
                || sidecars?.Any(c => c.Name == old[i].Name && c.RestartPolicy == "Always") == true)
            {
                continue;
            }

            if (now.Any(s => s.Name == old[i].Name && s.State.Terminated is null))
            {
                errors.Forbidden(at.Index(i).Child("state"), "may not be transitioned to non-terminated state");
            }
        }
    }

    private static void Valid(FieldErrors errors, string[] addresses, FieldPath at)
    {
        for (var i = 0; i < addresses.Length; i++)
        {
            errors.Invalid(at.Index(i), addresses[i], Rules.Ip(addresses[i]));
        }
    }

    // One of each family at most.
    private static void Families(FieldErrors errors, string[] addresses, string type, FieldPath at)
    {
        if (addresses.Length < 2)
        {
            return;
        }

        var broken = Array.FindIndex(addresses, a => !Rules.IsIp(a));
        if (broken >= 0)
        {
            errors.Add(FieldError.Internal(at.ToString(), $"failed to check for dual stack with error:invalid IP[{broken}]: {addresses[broken]}"));
        }

        if (broken >= 0 || addresses.Length > 2 || Rules.FamilyOf(addresses[0]) == Rules.FamilyOf(addresses[1]))
        {
            errors.InvalidDump(at, $"[]core.{type}{{{string.Join(", ", addresses.Select(a => $"core.{type}{{IP:{GoSyntax.Quoted(a)}}}"))}}}", "may specify no more than one IP for each IP family");
        }
    }

    private static void Once(FieldErrors errors, string[] addresses, string type, FieldPath at)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < addresses.Length; i++)
        {
            if (!seen.Add(addresses[i]))
            {
                errors.DuplicateDump(at.Index(i), $"core.{type}{{IP:{GoSyntax.Quoted(addresses[i])}}}");
            }
        }
    }
}
