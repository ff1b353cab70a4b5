using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation;

/// <summary>Nodes.</summary>
internal static class NodeRules
{
    private const string OldTaints = "scheduler.alpha.kubernetes.io/taints";
    private const string AvoidPods = "scheduler.alpha.kubernetes.io/preferAvoidPods";

    /// <summary>A node, new or updated. Kubernetes looks for its taints under the metadata.</summary>
    public static void Node(FieldErrors errors, V1Node node)
    {
        Annotations(errors, node.Metadata.Annotations);
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

        var broken = cidrs.ToList().FindIndex(c => !Rules.IsCidr(c));
        if (broken >= 0)
        {
            var why = $"invalid CIDR[{broken}]: {cidrs[broken]} (invalid CIDR address: {cidrs[broken]})";
            errors.Add(FieldError.Internal(at.ToString(), "invalid PodCIDRs. failed to check with dual stack with error:" + why));
        }

        if (broken >= 0 || cidrs.Count > 2 || Rules.FamilyOf(cidrs[0]) == Rules.FamilyOf(cidrs[1]))
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

    // Taints, and which pods a node had better not get, as they were written before there were fields for them.
    private static void Annotations(FieldErrors errors, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        var at = FieldPath.Root("metadata").Child("annotations");
        if (annotations.TryGetValue(OldTaints, out var taints) && taints.Length > 0)
        {
            SchedulingRules.Taints(errors, AnnotatedValues.List<V1Taint>(errors, OldTaints, taints, "core.Taint", at) ?? [], at.Child(OldTaints));
        }

        if (annotations.TryGetValue(AvoidPods, out var avoided) && avoided.Length > 0 && AnnotatedValues.Read(errors, AvoidPods, avoided, at.Child("AvoidPods")) is { } value and not TreeNull)
        {
            if (value is TreeMap map)
            {
                Avoided(errors, map.List("preferAvoidPods") ?? [], at.Child(AvoidPods));
            }
            else
            {
                errors.Invalid(at.Child("AvoidPods"), AvoidPods, $"json: cannot unmarshal {value.KindName} into Go value of type v1.AvoidPods");
            }
        }
    }

    private static void Avoided(FieldErrors errors, TreeList pods, FieldPath at)
    {
        for (var i = 0; i < pods.Count; i++)
        {
            var signature = at.Index(i).Child("PodSignature");
            if ((pods[i] as TreeMap)?.Map("podSignature")?.Map("podController") is not { } controller)
            {
                errors.Required(signature);
            }
            else if (controller["controller"] is not TreeBool { Value: true })
            {
                errors.Invalid(signature.Child("PodController").Child("Controller"), false, "must point to a controller");
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
        Annotations(errors, node.Metadata.Annotations);
        Resources(errors, node);
        var addresses = new HashSet<(string, string)>();
        for (var i = 0; i < node.Status.Addresses.Count; i++)
        {
            var address = node.Status.Addresses[i];
            if (!addresses.Add((address.Type, address.Address)))
            {
                errors.DuplicateDump(FieldPath.Root("status").Child("addresses").Index(i), GoDump.Of(address));
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
