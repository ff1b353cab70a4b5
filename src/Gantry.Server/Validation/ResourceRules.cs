using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Requests and limits, and the names of resources.</summary>
public static class ResourceRules
{
    private const string HugePages = "hugepages-";
    private const string RequestsPrefix = "requests.";

    private static readonly HashSet<string> OfContainers = new(StringComparer.Ordinal) { "cpu", "memory", "ephemeral-storage" };

    private static readonly HashSet<string> OfQuotas = new(StringComparer.Ordinal)
    {
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers",
    };

    private static readonly HashSet<string> Standard = new(OfQuotas, StringComparer.Ordinal) { "storage" };

    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    };

    /// <summary>Limits and requests of a container; the overhead of a pod is limits without requests.</summary>
    public static void Requirements(FieldErrors errors, IReadOnlyDictionary<string, Quantity> limits, IReadOnlyDictionary<string, Quantity> requests, FieldPath at)
    {
        if (limits.Count == 0 && requests.Count == 0)
        {
            return;
        }

        Limits(errors, limits, at.Child("limits"));
        foreach (var (name, request) in requests)
        {
            var path = at.Child("requests").Key(name);
            ContainerResource(errors, name, request, path);
            if (limits.TryGetValue(name, out var limit))
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

            WholePages(errors, name, request, path);
        }

        var names = limits.Keys.Concat(requests.Keys).ToList();
        if (names.Exists(IsHugePages) && !names.Exists(n => n is "cpu" or "memory"))
        {
            errors.Forbidden(at, "HugePages require cpu or memory");
        }
    }

    private static void Limits(FieldErrors errors, IReadOnlyDictionary<string, Quantity> limits, FieldPath at)
    {
        foreach (var (name, limit) in limits)
        {
            ContainerResource(errors, name, limit, at.Key(name));
            WholePages(errors, name, limit, at.Key(name));
        }
    }

    private static void ContainerResource(FieldErrors errors, string name, Quantity value, FieldPath at)
    {
        ContainerResourceName(errors, name, at);
        QuantityValue(errors, name, value, at);
    }

    private static void WholePages(FieldErrors errors, string name, Quantity value, FieldPath at)
    {
        if (IsHugePages(name) && !IsMultiple(name, value))
        {
            errors.Invalid(at, value.ToString(), $"{value} is not positive integer multiple of {name}");
        }
    }

    private static bool IsMultiple(string name, Quantity value) =>
        Quantity.TryParse(name[HugePages.Length..], out var page) && page.Sign > 0 && page.MilliValue % 1000 == 0 && value.Value % page.Value == 0;

    /// <summary>Whether more of the resource may be limited than requested: true of Kubernetes' own resources, save huge pages.</summary>
    public static bool IsOvercommitAllowed(string name) => IsNative(name) && !IsHugePages(name);

    public static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    private static bool IsHugePages(string name) => name.StartsWith(HugePages, StringComparison.Ordinal);

    /// <summary>Whether the name is one of a device plugin's: with a domain that is not Kubernetes' own, and fit to be put after <c>requests.</c> in a quota.</summary>
    public static bool IsExtended(string name) => !IsNative(name) && !name.StartsWith(RequestsPrefix, StringComparison.Ordinal) && !Rules.QualifiedName(RequestsPrefix + name).Any();

    /// <summary>A name that a container may ask for.</summary>
    public static void ContainerResourceName(FieldErrors errors, string name, FieldPath at)
    {
        ResourceName(errors, name, at);
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (!OfContainers.Contains(name) && !IsHugePages(name))
            {
                errors.Invalid(at, name, "must be a standard resource for containers");
            }
        }
        else if (!IsNative(name) && !IsExtended(name))
        {
            errors.Invalid(at, name, "doesn't follow extended resource name standard");
        }
    }

    /// <summary>Any name of a resource: Kubernetes' own, or one with a domain.</summary>
    public static void ResourceName(FieldErrors errors, string name, FieldPath at)
    {
        var before = errors.Count;
        errors.Invalid(at, name, Rules.QualifiedName(name));
        if (errors.Count == before && !name.Contains('/', StringComparison.Ordinal) && !Standard.Contains(name) && !IsQuotaHugePages(name))
        {
            errors.Invalid(at, name, "must be a standard resource type or fully qualified");
        }
    }

    /// <summary>A name that a quota may limit.</summary>
    public static void QuotaResourceName(FieldErrors errors, string name, FieldPath at)
    {
        ResourceName(errors, name, at);
        if (!name.Contains('/', StringComparison.Ordinal) && !IsStandardForQuota(name))
        {
            errors.Invalid(at, name, "must be a standard resource for quota");
        }
    }

    public static bool IsStandardForQuota(string name) => OfQuotas.Contains(name) || IsQuotaHugePages(name);

    private static bool IsQuotaHugePages(string name) => IsHugePages(name) || name.StartsWith(RequestsPrefix + HugePages, StringComparison.Ordinal);

    public static void QuantityValue(FieldErrors errors, string name, Quantity value, FieldPath at)
    {
        if (value.CompareTo(default) < 0)
        {
            errors.Invalid(at, value.ToString(), Rules.NotNegative);
        }

        if ((Whole.Contains(name) || IsExtended(name)) && value.MilliValue % 1000 != 0)
        {
            errors.InvalidDump(at, GoDump.Of(value), "must be an integer");
        }
    }

    public static void Positive(FieldErrors errors, Quantity value, FieldPath at)
    {
        if (value.CompareTo(default) <= 0)
        {
            errors.Invalid(at, value.ToString(), "must be greater than zero");
        }
    }
}
