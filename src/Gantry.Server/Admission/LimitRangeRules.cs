using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Admission;

/// <summary>What a LimitRange says about a pod or a claim; pure.</summary>
public static class LimitRangeRules
{
    /// <summary>Every broken limit, in words.</summary>
    public static IReadOnlyList<string> Check(V1Pod pod, IReadOnlyList<V1LimitRangeItem> limits)
    {
        var faults = new List<string>();
        foreach (var limit in limits)
        {
            if (limit.Type == "Container")
            {
                foreach (var resources in pod.Spec.Containers.Concat(pod.Spec.InitContainers).Select(c => c.Resources))
                {
                    Check(limit, resources.Requests, resources.Limits, faults);
                }
            }
            else if (limit.Type == "Pod")
            {
                Check(limit, PodAmounts.ContainerRequests(pod), PodAmounts.ContainerLimits(pod), faults);
            }
        }

        return faults;
    }

    /// <summary>Every broken limit, in words.</summary>
    public static IReadOnlyList<string> Check(V1PersistentVolumeClaim claim, IReadOnlyList<V1LimitRangeItem> limits)
    {
        var faults = new List<string>();
        var requests = claim.Spec.Resources.Requests;
        foreach (var limit in limits.Where(l => l.Type == "PersistentVolumeClaim"))
        {
            foreach (var (resource, least) in Sorted(limit.Min))
            {
                // Limits of claims mean nothing.
                Minimum(limit.Type, resource, least, requests, JsonModel.Empty<Quantity>(), faults);
            }

            foreach (var (resource, most) in Sorted(limit.Max))
            {
                if (!requests.TryGetValue(resource, out var request))
                {
                    faults.Add($"maximum {resource} usage per {limit.Type} is {most}.  No request is specified");
                }
                else if (request > most)
                {
                    faults.Add($"maximum {resource} usage per {limit.Type} is {most}, but request is {request}");
                }
            }
        }

        return faults;
    }

    private static void Check(
        V1LimitRangeItem limit, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> faults)
    {
        foreach (var (resource, least) in Sorted(limit.Min))
        {
            Minimum(limit.Type, resource, least, requests, limits, faults);
        }

        foreach (var (resource, most) in Sorted(limit.Max))
        {
            Maximum(limit.Type, resource, most, requests, limits, faults);
        }

        foreach (var (resource, ratio) in Sorted(limit.MaxLimitRequestRatio))
        {
            Ratio(limit.Type, resource, ratio, requests, limits, faults);
        }
    }

    private static void Minimum(
        string type, string resource, Quantity least, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> faults)
    {
        if (!requests.TryGetValue(resource, out var request))
        {
            faults.Add($"minimum {resource} usage per {type} is {least}.  No request is specified");
        }
        else if (request < least)
        {
            faults.Add($"minimum {resource} usage per {type} is {least}, but request is {request}");
        }
        else if (limits.TryGetValue(resource, out var limit) && limit < least)
        {
            faults.Add($"minimum {resource} usage per {type} is {least}, but limit is {limit}");
        }
    }

    private static void Maximum(
        string type, string resource, Quantity most, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> faults)
    {
        if (!limits.TryGetValue(resource, out var limit))
        {
            faults.Add($"maximum {resource} usage per {type} is {most}.  No limit is specified");
        }
        else if (limit > most)
        {
            faults.Add($"maximum {resource} usage per {type} is {most}, but limit is {limit}");
        }
        else if (requests.TryGetValue(resource, out var request) && request > most)
        {
            faults.Add($"maximum {resource} usage per {type} is {most}, but request is {request}");
        }
    }

    private static void Ratio(
        string type, string resource, Quantity most, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits, List<string> faults)
    {
        if (!requests.TryGetValue(resource, out var request) || request.IsZero)
        {
            faults.Add($"{resource} max limit to request ratio per {type} is {most}, but no request is specified or request is 0");
        }
        else if (!limits.TryGetValue(resource, out var limit) || limit.IsZero)
        {
            faults.Add($"{resource} max limit to request ratio per {type} is {most}, but no limit is specified or limit is 0");
        }
        else if (limit.ToDouble() / request.ToDouble() > most.ToDouble())
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{resource} max limit to request ratio per {type} is {most}, but provided ratio is {limit.ToDouble() / request.ToDouble():F6}"));
        }
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Sorted(IReadOnlyDictionary<string, Quantity> amounts) =>
        amounts.OrderBy(a => a.Key, StringComparer.Ordinal);
}
