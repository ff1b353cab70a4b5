using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Classes that pods name: of priority (<c>scheduling.k8s.io</c>) and of runtimes (<c>node.k8s.io</c>).</summary>
public static class ClassRules
{
    private const string SystemPrefix = "system-";
    private const string Reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    private const int HighestUserPriority = 1_000_000_000;

    private static readonly Dictionary<string, int> SystemClasses = new(StringComparer.Ordinal) { ["system-node-critical"] = 2_000_001_000, ["system-cluster-critical"] = 2_000_000_000 };

    /// <summary>A priority class; an update is held to the old values alone.</summary>
    public static void PriorityClass(FieldErrors errors, V1PriorityClass c, V1PriorityClass? old)
    {
        if (old is not null)
        {
            if (old.Value != c.Value)
            {
                errors.Forbidden(FieldPath.Root("value"), "may not be changed in an update.");
            }

            errors.Immutable(FieldPath.Root("preemptionPolicy"), old.PreemptionPolicy == c.PreemptionPolicy, c.PreemptionPolicy);
            return;
        }

        if (c.Metadata.Name.StartsWith(SystemPrefix, StringComparison.Ordinal))
        {
            if (SystemFault(c) is { } fault)
            {
                errors.Forbidden(FieldPath.Root("metadata").Child("name"), Reserved + fault);
            }
        }
        else if (c.Value > HighestUserPriority)
        {
            errors.Forbidden(FieldPath.Root("value"), "maximum allowed value of a user defined priority is 1000000000");
        }

        if (c.PreemptionPolicy is { } policy)
        {
            errors.RequiredOneOf(FieldPath.Root("preemptionPolicy"), policy, "PreemptLowerPriority", "Never");
        }
    }

    private static string? SystemFault(V1PriorityClass c) => !SystemClasses.TryGetValue(c.Metadata.Name, out var value) ? $"{c.Metadata.Name} is not a known system priority class"
        : value != c.Value ? $"value of {c.Metadata.Name} PriorityClass must be {value}"
        : c.GlobalDefault ? $"globalDefault of {c.Metadata.Name} PriorityClass must be false"
        : null;

    /// <summary>A runtime class, whose handler stays.</summary>
    public static void RuntimeClass(FieldErrors errors, V1RuntimeClass c, V1RuntimeClass? old)
    {
        errors.Invalid(FieldPath.Root("handler"), c.Handler, Rules.DnsLabel(c.Handler));
        if (c.Overhead is { } overhead)
        {
            // Overheads are looked at as limits.
            ResourceRules.Requirements(errors, overhead.PodFixed, JsonModel.Empty<Api.Quantity>(), FieldPath.Root("overhead"));
        }

        if (c.Scheduling is { } scheduling)
        {
            var at = FieldPath.Root("scheduling");
            MetadataRules.Labels(errors, scheduling.NodeSelector, at.Child("nodeSelector"));
            // Faults of single tolerations are told of a list within the list.
            SchedulingRules.Tolerations(errors, scheduling.Tolerations, at.Child("tolerations").Child("tolerations"));
            Distinct(errors, scheduling.Tolerations, at.Child("tolerations"));
        }

        if (old is not null)
        {
            errors.Immutable(FieldPath.Root("handler"), c.Handler == old.Handler, c.Handler);
        }
    }

    private static void Distinct(FieldErrors errors, IReadOnlyList<V1Toleration> tolerations, FieldPath at)
    {
        var seen = new HashSet<(string, string, string, string)>();
        for (var i = 0; i < tolerations.Count; i++)
        {
            var t = tolerations[i];
            if (!seen.Add((t.Key, t.Operator, t.Value, t.Effect)))
            {
                errors.DuplicateDump(at.Index(i), GoDump.Of(t));
            }
        }
    }
}
