using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Nodes.</summary>
internal static class NodeRules
{
    /// <summary>A node, new or updated. Kubernetes looks for its taints under the metadata.</summary>
    public static void Node(FieldErrors errors, V1Node node)
    {
        SchedulingRules.Taints(errors, node.Spec.Taints, FieldPath.Root("metadata").Child("taints"));
        Resources(errors, node);
        var (cidrs, at) = (node.Spec.PodCIDRs, FieldPath.Root("spec").Child("podCIDRs"));
        for (var i = 0; i < cidrs.Count; i++)
        {
            errors.Invalid(at.Index(i), cidrs[i], Rules.Cidr(cidrs[i]));
        }

        if (cidrs.Count < 2)
        {
            return;
        }

        if (cidrs.Count > 2 || (cidrs.All(Rules.IsCidr) && Rules.FamilyOf(cidrs[0]) == Rules.FamilyOf(cidrs[1])))
        {
            errors.InvalidDump(at, GoDump.Of(cidrs), "may specify no more than one CIDR for each IP family");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < cidrs.Count; i++)
        {
            if (!seen.Add(cidrs[i]))
            {
                errors.Duplicate(at.Index(i), cidrs[i]);
            }
        }
    }

    private static void Resources(FieldErrors errors, V1Node node)
    {
        foreach (var (amounts, field) in new[] { (node.Status.Capacity, "capacity"), (node.Status.Allocatable, "allocatable") })
        {
            foreach (var (name, value) in amounts)
            {
                ResourceRules.QuantityValue(errors, name, value, FieldPath.Root("status").Child(field).Child(name));
            }
        }
    }

    /// <summary>What an update of a node, or of its status, may not change.</summary>
    public static void Update(FieldErrors errors, V1Node node, V1Node old)
    {
        var at = FieldPath.Root("spec");
        Resources(errors, node);
        var addresses = new HashSet<(string, string)>();
        for (var i = 0; i < node.Status.Addresses.Count; i++)
        {
            var address = node.Status.Addresses[i];
            if (!addresses.Add((address.Type, address.Address)))
            {
                errors.DuplicateDump(FieldPath.Root("status").Child("addresses").Index(i), $"core.NodeAddress{{Type:\"{address.Type}\", Address:\"{address.Address}\"}}");
            }
        }

        const string onlyOnce = "node updates may not change podCIDR except from \"\" to valid";
        if (old.Spec.PodCIDRs.Count > 0)
        {
            if (old.Spec.PodCIDRs.Count != node.Spec.PodCIDRs.Count)
            {
                errors.Forbidden(at.Child("podCIDRs"), onlyOnce);
            }
            else
            {
                foreach (var _ in old.Spec.PodCIDRs.Zip(node.Spec.PodCIDRs).Where(p => p.First != p.Second))
                {
                    errors.Forbidden(at.Child("podCIDRs"), onlyOnce);
                }
            }
        }

        if (old.Spec.ProviderID.Length > 0 && old.Spec.ProviderID != node.Spec.ProviderID)
        {
            errors.Forbidden(at.Child("providerID"), "node updates may not change providerID except from \"\" to valid");
        }

        SchedulingRules.Taints(errors, node.Spec.Taints, FieldPath.Root("metadata").Child("taints"));
        if (node.Spec.ExternalID != old.Spec.ExternalID)
        {
            errors.Forbidden(at.Child("externalID"), "may not be updated");
        }
    }
}
