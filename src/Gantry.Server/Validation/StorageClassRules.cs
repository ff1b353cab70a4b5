using System.Text;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Storage classes and what is left in them (<c>storage.k8s.io</c>).</summary>
public static class StorageClassRules
{
    private const int MostParameters = 512;
    private const int ParameterBytes = 256 * 1024;

    public static void StorageClass(FieldErrors errors, V1StorageClass c, V1StorageClass? old)
    {
        var provisioner = FieldPath.Root("provisioner");
        if (c.Provisioner.Length == 0)
        {
            errors.Required(provisioner);
        }
        else
        {
            var plain = c.Provisioner.ToLowerInvariant();
            errors.Invalid(provisioner, plain, Rules.QualifiedName(plain));
        }

        Parameters(errors, c.Parameters, FieldPath.Root("parameters"));
        if (c.ReclaimPolicy is { Length: > 0 } reclaim)
        {
            errors.OneOf(FieldPath.Root("reclaimPolicy"), reclaim, "Delete", "Retain");
        }

        if (c.VolumeBindingMode is null)
        {
            errors.Required(FieldPath.Root("volumeBindingMode"));
        }
        else
        {
            errors.OneOf(FieldPath.Root("volumeBindingMode"), c.VolumeBindingMode, "Immediate", "WaitForFirstConsumer");
        }

        Topologies(errors, c.AllowedTopologies, FieldPath.Root("allowedTopologies"));
        if (old is not null)
        {
            Update(errors, c, old);
        }
    }

    private static void Update(FieldErrors errors, V1StorageClass c, V1StorageClass old)
    {
        if (!JsonModel.SameMap(c.Parameters, old.Parameters))
        {
            errors.Forbidden(FieldPath.Root("parameters"), "updates to parameters are forbidden.");
        }

        if (c.Provisioner != old.Provisioner)
        {
            errors.Forbidden(FieldPath.Root("provisioner"), "updates to provisioner are forbidden.");
        }

        if (c.ReclaimPolicy != old.ReclaimPolicy)
        {
            errors.Forbidden(FieldPath.Root("reclaimPolicy"), "updates to reclaimPolicy are forbidden.");
        }

        errors.Immutable(FieldPath.Root("volumeBindingMode"), c.VolumeBindingMode == old.VolumeBindingMode, c.VolumeBindingMode);
    }

    private static void Parameters(FieldErrors errors, IReadOnlyDictionary<string, string> parameters, FieldPath at)
    {
        if (parameters.Count > MostParameters)
        {
            errors.TooLong(at, MostParameters);
            return;
        }

        long size = 0;
        foreach (var (key, value) in parameters)
        {
            if (key.Length == 0)
            {
                errors.Invalid(at, key, "field can not be empty.");
            }

            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (size > ParameterBytes)
        {
            errors.TooLong(at, ParameterBytes);
        }
    }

    private static void Topologies(FieldErrors errors, IReadOnlyList<V1TopologySelectorTerm> terms, FieldPath at)
    {
        var seen = new List<Dictionary<string, HashSet<string>>>();
        for (var i = 0; i < terms.Count; i++)
        {
            var path = at.Index(i).Child("matchLabelExpressions");
            var term = Term(errors, terms[i].MatchLabelExpressions, path);

            // One that selects nothing counts once for each term, seen or not.
            var same = term.Count == 0 ? terms.Count + seen.Count(s => s.Count == 0) : seen.Count(s => Same(s, term));
            for (var n = 0; n < same; n++)
            {
                errors.Duplicate(path, "");
            }

            seen.Add(term);
        }
    }

    private static Dictionary<string, HashSet<string>> Term(FieldErrors errors, IReadOnlyList<V1TopologySelectorLabelRequirement> requirements, FieldPath at)
    {
        var term = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (var i = 0; i < requirements.Count; i++)
        {
            var (requirement, path) = (requirements[i], at.Index(i));
            if (requirement.Values.Count == 0)
            {
                errors.Required(path.Child("values"));
            }

            var values = new HashSet<string>(StringComparer.Ordinal);
            for (var v = 0; v < requirement.Values.Count; v++)
            {
                if (!values.Add(requirement.Values[v]))
                {
                    errors.Duplicate(path.Child("values").Index(v), requirement.Values[v]);
                }
            }

            errors.Invalid(path.Child("key"), requirement.Key, Rules.QualifiedName(requirement.Key));
            if (!term.TryAdd(requirement.Key, values))
            {
                errors.Duplicate(path.Child("key"), requirement.Key);
                term[requirement.Key] = values;
            }
        }

        return term;
    }

    private static bool Same(Dictionary<string, HashSet<string>> a, Dictionary<string, HashSet<string>> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var values) && values.SetEquals(p.Value));

    /// <summary>How much is left: of a class and a place that stay.</summary>
    public static void Capacity(FieldErrors errors, V1CSIStorageCapacity capacity, V1CSIStorageCapacity? old)
    {
        // Places that were let in before their values were checked may stay.
        SelectorRules.Validate(errors, capacity.NodeTopology, FieldPath.Root("nodeTopology"));
        errors.Invalid(FieldPath.Root("storageClassName"), capacity.StorageClassName, Rules.DnsSubdomain(capacity.StorageClassName));
        if (capacity.Capacity is { } left && left.CompareTo(Quantity.Zero) < 0)
        {
            errors.Invalid(FieldPath.Root("capacity"), left.ToString(), Rules.NotNegative);
        }

        if (old is null)
        {
            return;
        }

        if (!Equals(capacity.NodeTopology, old.NodeTopology))
        {
            errors.InvalidDump(FieldPath.Root("nodeTopology"), GoDump.Of(capacity.NodeTopology), Rules.Immutable);
        }

        errors.Immutable(FieldPath.Root("storageClassName"), capacity.StorageClassName == old.StorageClassName, capacity.StorageClassName);
    }
}
