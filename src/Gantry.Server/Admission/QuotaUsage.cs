using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Server.Admission;

/// <summary>What an object costs against ResourceQuotas; pure. Names and rules: Kubernetes documentation, "Resource Quotas".</summary>
public static class QuotaUsage
{
    private static readonly Quantity One = Quantity.FromValue(1);
    private static readonly string[] MustBeSpecified = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

    /// <summary>The cost by quota resource; empty for what never counts.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object.</param>
    /// <param name="now">When: pods that should have been gone by then cost nothing but their place.</param>
    public static IReadOnlyDictionary<string, Quantity> Of(ResourceType type, IApiObject? value, DateTimeOffset now)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        if (value is null || IsIgnored(type))
        {
            return usage;
        }

        usage["count/" + type.QualifiedPlural] = One;
        switch (value)
        {
            case V1Pod pod:
                OfPod(pod, usage, now);
                break;
            case V1Service service:
                OfService(service, usage);
                break;
            case V1PersistentVolumeClaim claim:
                OfClaim(claim, usage);
                break;
            default:
                if (type is { Group: "", Plural: "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas" })
                {
                    usage[type.Plural] = One;
                }

                break;
        }

        return usage;
    }

    /// <summary>Events were never counted, and what keeps nothing has nothing to count.</summary>
    public static bool IsIgnored(ResourceType type) => type is { Plural: "events", Group: "" or "events.k8s.io" }
        or { Group: "", Plural: "bindings" or "componentstatuses" } or { Group: "authentication.k8s.io" or "authorization.k8s.io" };

    /// <summary>Whether a quota resource is one that objects of a kind are counted by.</summary>
    public static bool Speaks(string resource, ResourceType type, IApiObject value) => resource == "count/" + type.QualifiedPlural || value switch
    {
        V1Pod => resource is "pods" or "cpu" or "memory" or "ephemeral-storage" or "requests.cpu" or "requests.memory" or "requests.ephemeral-storage"
                or "limits.cpu" or "limits.memory" or "limits.ephemeral-storage"
            || resource.StartsWith("hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal)
            || (resource.StartsWith("requests.", StringComparison.Ordinal) && IsExtended(resource)),
        V1Service => resource is "services" or "services.nodeports" or "services.loadbalancers",
        V1PersistentVolumeClaim => resource is "persistentvolumeclaims" or "requests.storage"
            || resource.EndsWith(".storageclass.storage.k8s.io/persistentvolumeclaims", StringComparison.Ordinal)
            || resource.EndsWith(".storageclass.storage.k8s.io/requests.storage", StringComparison.Ordinal),
        _ => type is { Group: "", Plural: "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas" } && resource == type.Plural,
    };

    /// <summary>Whether a quota with these scopes speaks about the object. Only pods have scopes.</summary>
    public static bool Matches(V1ResourceQuota quota, IApiObject value)
    {
        foreach (var scope in Scopes(quota))
        {
            if (!IsIn(scope, value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The scopes of a quota; <c>scopes</c> are those that only have to exist.</summary>
    public static IEnumerable<V1ScopedResourceSelectorRequirement> Scopes(V1ResourceQuota quota) => quota.Spec.Scopes
        .Select(s => new V1ScopedResourceSelectorRequirement { ScopeName = s, Operator = "Exists" }).Concat(quota.Spec.ScopeSelector?.MatchExpressions ?? []);

    /// <summary>Whether an object is in a scope.</summary>
    public static bool IsIn(V1ScopedResourceSelectorRequirement scope, IApiObject value) => value is V1Pod pod && Matches(scope, pod);

    /// <summary>
    /// Why a pod may not even be counted: quotas of compute resources want every container to say what it needs. Null when it says.
    /// </summary>
    public static string? Missing(V1Pod pod, IEnumerable<string> hard)
    {
        var missing = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var resource in hard.Where(h => MustBeSpecified.Contains(h, StringComparer.Ordinal)))
        {
            foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
            {
                var (amounts, plain) = resource.StartsWith("limits.", StringComparison.Ordinal)
                    ? (container.Resources.Limits, resource["limits.".Length..])
                    : (container.Resources.Requests, resource.Replace("requests.", "", StringComparison.Ordinal));
                if (!amounts.ContainsKey(plain))
                {
                    if (!missing.TryGetValue(resource, out var names))
                    {
                        missing[resource] = names = new SortedSet<string>(StringComparer.Ordinal);
                    }

                    _ = names.Add(container.Name);
                }
            }
        }

        return missing.Count == 0 ? null : "must specify " + string.Join("; ", missing.Select(m => $"{m.Key} for: {string.Join(',', m.Value)}"));
    }

    private static void OfPod(V1Pod pod, Dictionary<string, Quantity> usage, DateTimeOffset now)
    {
        // The bare object counts as long as it is stored; everything else only while the pod may still run.
        if (pod.Status.Phase is "Succeeded" or "Failed" || IsOverdue(pod, now))
        {
            return;
        }

        usage["pods"] = One;
        foreach (var (resource, amount) in PodAmounts.Requests(pod))
        {
            if (resource is "cpu" or "memory" or "ephemeral-storage" || resource.StartsWith("hugepages-", StringComparison.Ordinal))
            {
                usage[resource] = amount;
                usage["requests." + resource] = amount;
            }
            else if (IsExtended(resource))
            {
                usage["requests." + resource] = amount;
            }
        }

        foreach (var (resource, amount) in PodAmounts.Limits(pod))
        {
            if (resource is "cpu" or "memory" or "ephemeral-storage")
            {
                usage["limits." + resource] = amount;
            }
        }
    }

    private static void OfService(V1Service service, Dictionary<string, Quantity> usage)
    {
        usage["services"] = One;
        usage["services.loadbalancers"] = service.Spec.Type == "LoadBalancer" ? One : Quantity.FromValue(0);
        var nodePorts = service.Spec.Type switch
        {
            "NodePort" => service.Spec.Ports.Count,
            "LoadBalancer" when service.Spec.AllocateLoadBalancerNodePorts == false => service.Spec.Ports.Count(p => p.NodePort != 0),
            "LoadBalancer" => service.Spec.Ports.Count,
            _ => 0,
        };
        usage["services.nodeports"] = Quantity.FromValue(nodePorts);
    }

    private static void OfClaim(V1PersistentVolumeClaim claim, Dictionary<string, Quantity> usage)
    {
        usage["persistentvolumeclaims"] = One;
        var asks = claim.Spec.Resources.Requests.ContainsKey("storage");
        var storage = claim.Spec.Resources.Requests.GetValueOrDefault("storage").RoundUp(0);
        // What a resize that failed has taken is still taken.
        if (asks && claim.Status.AllocatedResources.TryGetValue("storage", out var allocated) && allocated > storage)
        {
            storage = allocated.RoundUp(0);
        }

        if (asks)
        {
            usage["requests.storage"] = storage;
        }

        if ((claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class") ?? claim.Spec.StorageClassName) is { Length: > 0 } name)
        {
            usage[name + ".storageclass.storage.k8s.io/persistentvolumeclaims"] = One;
            if (asks)
            {
                usage[name + ".storageclass.storage.k8s.io/requests.storage"] = storage;
            }
        }
    }

    private static bool IsExtended(string resource) => resource.Contains('/', StringComparison.Ordinal) && !resource.Contains("kubernetes.io/", StringComparison.Ordinal);

    // A pod that its node does not let go of must not keep others from taking its place.
    private static bool IsOverdue(V1Pod pod, DateTimeOffset now) =>
        pod.Metadata is { DeletionTimestamp: { } end, DeletionGracePeriodSeconds: { } grace } && now > end.AddSeconds(grace);

    private static bool Matches(V1ScopedResourceSelectorRequirement requirement, V1Pod pod) => requirement.ScopeName switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds is >= 0,
        "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null or < 0,
        "BestEffort" => IsBestEffort(pod),
        "NotBestEffort" => !IsBestEffort(pod),
        "PriorityClass" => requirement.Operator switch
        {
            "Exists" => pod.Spec.PriorityClassName.Length > 0,
            "DoesNotExist" => pod.Spec.PriorityClassName.Length == 0,
            "In" => requirement.Values.Contains(pod.Spec.PriorityClassName, StringComparer.Ordinal),
            "NotIn" => !requirement.Values.Contains(pod.Spec.PriorityClassName, StringComparer.Ordinal),
            _ => false,
        },
        "CrossNamespacePodAffinity" => LooksIntoOtherNamespaces(pod),
        _ => false,
    };

    private static bool IsBestEffort(V1Pod pod) => pod.Spec.Containers.Concat(pod.Spec.InitContainers)
        .SelectMany(c => c.Resources.Requests.Concat(c.Resources.Limits))
        .All(r => r.Key is not ("cpu" or "memory") || r.Value.IsZero);

    private static bool LooksIntoOtherNamespaces(V1Pod pod)
    {
        var terms = new List<V1PodAffinityTerm>();
        terms.AddRange(pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []);
        terms.AddRange(pod.Spec.Affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution.Select(w => w.PodAffinityTerm) ?? []);
        terms.AddRange(pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []);
        terms.AddRange(pod.Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution.Select(w => w.PodAffinityTerm) ?? []);
        return terms.Any(t => t.Namespaces.Count > 0 || t.NamespaceSelector is not null);
    }
}
