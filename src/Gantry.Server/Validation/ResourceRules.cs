using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Requests and limits, and the names of resources.</summary>
public static class ResourceRules
{
    private static readonly HashSet<string> ContainerResources = new(StringComparer.Ordinal) { "cpu", "memory", "ephemeral-storage" };

    public static void Requirements(FieldErrors errors, V1ResourceRequirements r, IReadOnlySet<string> claimNames, FieldPath at)
    {
        foreach (var (name, limit) in r.Limits)
        {
            var path = at.Child("limits").Key(name);
            ContainerResourceName(errors, name, at.Child("limits"));
            QuantityValue(errors, name, limit, path);
        }

        foreach (var (name, request) in r.Requests)
        {
            var path = at.Child("requests").Key(name);
            ContainerResourceName(errors, name, at.Child("requests"));
            QuantityValue(errors, name, request, path);
            if (r.Limits.TryGetValue(name, out var limit))
            {
                if (limit.CompareTo(request) != 0 && !IsOvercommitAllowed(name))
                {
                    errors.Invalid(at.Child("requests"), request.ToString(), $"must be equal to {name} limit of {limit}");
                }
                else if (request.CompareTo(limit) > 0)
                {
                    errors.Invalid(at.Child("requests"), request.ToString(), $"must be less than or equal to {name} limit of {limit}");
                }
            }
            else if (!IsOvercommitAllowed(name))
            {
                errors.Required(at.Child("limits"), "Limit must be set for non overcommitable resources");
            }
        }

        for (var i = 0; i < r.Claims.Count; i++)
        {
            if (!claimNames.Contains(r.Claims[i].Name))
            {
                errors.NotFound(at.Child("claims").Index(i), r.Claims[i].Name);
            }
        }
    }

    /// <summary>Whether more of the resource may be limited than requested: true of Kubernetes' own resources, save huge pages.</summary>
    public static bool IsOvercommitAllowed(string name) => IsNative(name) && !name.StartsWith("hugepages-", StringComparison.Ordinal);

    public static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    public static void ContainerResourceName(FieldErrors errors, string name, FieldPath at)
    {
        errors.Invalid(at, name, Rules.QualifiedName(name));
        if (!name.Contains('/', StringComparison.Ordinal) && !ContainerResources.Contains(name) && !name.StartsWith("hugepages-", StringComparison.Ordinal))
        {
            errors.Invalid(at, name, "must be a standard resource for containers");
        }
    }

    /// <summary>A resource name that a quota or limit range may speak of.</summary>
    public static void ResourceName(FieldErrors errors, string name, FieldPath at) => errors.Invalid(at, name, Rules.QualifiedName(name));

    public static void QuantityValue(FieldErrors errors, string name, Quantity value, FieldPath at)
    {
        if (value.CompareTo(default) < 0)
        {
            errors.Invalid(at, value.ToString(), Rules.NotNegative);
        }

        if (IsInteger(name) && value.MilliValue % 1000 != 0)
        {
            errors.Invalid(at, value.ToString(), "must be an integer");
        }
    }

    private static bool IsInteger(string name) => name is "pods" or "services" or "replicationcontrollers" or "resourcequotas" or "secrets" or "configmaps" or "persistentvolumeclaims"
        || name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal);
}
