using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Server.Admission;

/// <summary>Charges a cost to one quota; pure.</summary>
public static class QuotaRules
{
    /// <summary>What becomes of a quota.</summary>
    /// <param name="quota">The quota as stored.</param>
    /// <param name="type">The kind of what is to be written.</param>
    /// <param name="value">What is to be written.</param>
    /// <param name="cost">What it costs more than before, by quota resource.</param>
    /// <param name="isNew">Whether it is being created: then pods must say what they need.</param>
    /// <returns>The quota with the cost booked, or nothing where it does not speak about the object; or why it refuses.</returns>
    public static (V1ResourceQuota? After, string? Refusal) Charge(
        V1ResourceQuota quota, ResourceType type, IApiObject value, IReadOnlyDictionary<string, Quantity> cost, bool isNew)
    {
        if (!QuotaUsage.Matches(quota, value))
        {
            return (null, null);
        }

        var name = quota.Metadata.Name;
        // What the quota controller has taken notice of counts; before it has, the quota says nothing.
        var hard = quota.Status.Hard;
        if (isNew && value is V1Pod pod && QuotaUsage.Missing(pod, hard.Keys) is { } missing)
        {
            return (null, $"failed quota: {name}: {missing}");
        }

        var unknown = hard.Keys.Where(k => QuotaUsage.Speaks(k, type, value) && !quota.Status.Used.ContainsKey(k)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            return (null, $"status unknown for quota: {name}, resources: {string.Join(',', hard.Keys.Where(k => QuotaUsage.Speaks(k, type, value)).Order(StringComparer.Ordinal))}");
        }

        var counted = cost.Where(c => hard.ContainsKey(c.Key)).OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
        if (counted.Count == 0)
        {
            return (null, null);
        }

        var exceeded = counted.Where(c => quota.Status.Used[c.Key] + c.Value > quota.Status.Hard[c.Key]).ToList();
        if (exceeded.Count > 0)
        {
            string Show(Func<KeyValuePair<string, Quantity>, Quantity> amount) => string.Join(',', exceeded.Select(e => $"{e.Key}={amount(e)}"));
            return (null, $"exceeded quota: {name}, requested: {Show(e => e.Value)}, used: {Show(e => quota.Status.Used[e.Key])}, limited: {Show(e => quota.Status.Hard[e.Key])}");
        }

        var used = new Dictionary<string, Quantity>(quota.Status.Used, StringComparer.Ordinal);
        foreach (var (resource, amount) in counted)
        {
            used[resource] += amount;
        }

        return (quota with { Status = quota.Status with { Used = used } }, null);
    }
}
