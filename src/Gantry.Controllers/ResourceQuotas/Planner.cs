using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.ResourceQuotas;

/// <summary>What decides about a quota.</summary>
public sealed record QuotaView
{
    public required V1ResourceQuota Quota { get; init; }

    /// <summary>The objects of its namespace whose content matters for quotas, with their kinds.</summary>
    public required IEnumerable<(ResourceType Type, IApiObject Object)> Objects { get; init; }

    /// <summary>How many objects there are of other kinds, by quota resource (<c>count/deployments.apps</c>).</summary>
    public IReadOnlyDictionary<string, int> Counts { get; init; } = new Dictionary<string, int>();

    public required QuotaMeter Meter { get; init; }
}

/// <summary>Counts what a namespace uses of a quota. Pure.</summary>
public static class QuotaPlanner
{
    public static IReadOnlyList<Intent> Plan(QuotaView view)
    {
        var quota = view.Quota;
        if (quota.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        var used = quota.Spec.Hard.Keys.ToDictionary(k => k, _ => Quantity.FromValue(0), StringComparer.Ordinal);
        foreach (var (type, value) in view.Objects.Where(o => view.Meter.Matches(quota, o.Object)))
        {
            foreach (var (resource, amount) in view.Meter.Cost(type, value))
            {
                if (used.TryGetValue(resource, out var sum))
                {
                    used[resource] = sum.IsZero ? amount : sum + amount;
                }
            }
        }

        foreach (var (resource, count) in view.Counts.Where(c => used.ContainsKey(c.Key)))
        {
            used[resource] = Quantity.FromValue(count);
        }

        var status = new V1ResourceQuotaStatus { Hard = quota.Spec.Hard, Used = used };
        return JsonModel.SameMap(status.Hard, quota.Status.Hard) && JsonModel.SameMap(status.Used, quota.Status.Used)
            ? []
            : [new Update<V1ResourceQuota>(quota with { Status = status }, "status")];
    }
}
