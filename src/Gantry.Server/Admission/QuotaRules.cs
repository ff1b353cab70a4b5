using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Admission;

/// <summary>Charges an object to the quotas of its namespace; pure. Order and words: apiserver's <c>admission/plugin/resourcequota</c>, <c>CheckRequest</c>.</summary>
public static class QuotaRules
{
    /// <summary>What becomes of the quotas.</summary>
    /// <param name="quotas">The quotas as stored.</param>
    /// <param name="request">What is to be charged.</param>
    /// <param name="limited">What nobody may have without a quota.</param>
    /// <param name="now">When.</param>
    /// <returns>The quotas that change, with the cost booked; or why it is refused.</returns>
    public static (IReadOnlyList<V1ResourceQuota> Changed, QuotaRefusal? Refusal) Charge(
        IReadOnlyList<V1ResourceQuota> quotas, QuotaRequest request, IReadOnlyList<LimitedResource> limited, DateTimeOffset now)
    {
        var (type, value) = (request.Type, request.Value);
        var pertinent = new List<V1ResourceQuota>();
        var covered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var quota in quotas)
        {
            var spoken = Spoken(quota, request);
            if (spoken.Count == 0 || !QuotaUsage.Matches(quota, value))
            {
                continue;
            }

            if (Unready(quota, value, spoken) is { } unready)
            {
                return ([], unready);
            }

            pertinent.Add(quota);
            covered.UnionWith(spoken);
        }

        var usage = QuotaUsage.Of(type, value, now);
        var costs = Costs(request, usage, pertinent, now);
        if (costs.Count == 0)
        {
            return ([], null);
        }

        return Uncovered(quotas, request, usage, covered, limited) is { } uncovered ? ([], uncovered) : Book(costs, request.Reports);
    }

    // What the quota controller has taken notice of counts; before it has, the quota says nothing.
    private static List<string> Spoken(V1ResourceQuota quota, QuotaRequest request) =>
        [.. quota.Status.Hard.Keys.Where(k => QuotaUsage.Speaks(k, request.Type, request.Value)).Order(StringComparer.Ordinal)];

    private static QuotaRefusal? Unready(V1ResourceQuota quota, IApiObject value, List<string> spoken)
    {
        var name = quota.Metadata.Name;
        return value is V1Pod pod && QuotaUsage.Missing(pod, spoken) is { } missing ? new QuotaRefusal($"failed quota: {name}: {missing}")
            : spoken.Any(k => !quota.Status.Used.ContainsKey(k)) ? new QuotaRefusal($"status unknown for quota: {name}, resources: {string.Join(',', spoken)}")
            : null;
    }

    // Without a quota that speaks of the object there is one cost, of no quota, which what is limited by default is measured by.
    private static List<(V1ResourceQuota? Quota, IReadOnlyDictionary<string, Quantity> Cost)> Costs(
        QuotaRequest request, IReadOnlyDictionary<string, Quantity> usage, List<V1ResourceQuota> pertinent, DateTimeOffset now)
    {
        var before = request.Old is null ? null : QuotaUsage.Of(request.Type, request.Old, now);
        IEnumerable<V1ResourceQuota?> charged = pertinent.Count == 0 ? new V1ResourceQuota?[] { null } : pertinent;
        return
        [
            .. charged.Select(q => (q, Difference(usage, q is null || (request.Old is { } old && QuotaUsage.Matches(q, old)) ? before : null))).Where(c => c.Item2.Count > 0),
        ];
    }

    private static QuotaRefusal? Uncovered(
        IReadOnlyList<V1ResourceQuota> quotas, QuotaRequest request, IReadOnlyDictionary<string, Quantity> usage, HashSet<string> covered, IReadOnlyList<LimitedResource> limited)
    {
        if (limited.Count == 0)
        {
            return null;
        }

        var missing = limited.Where(l => l.Group == request.Type.Group && l.Resource == request.Type.Plural)
            .SelectMany(l => usage.Where(u => u.Value.Sign > 0 && l.MatchContains.Any(m => u.Key.Contains(m, StringComparison.Ordinal))).Select(u => u.Key))
            .Where(r => !covered.Contains(r)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            return new QuotaRefusal("insufficient quota to consume: " + string.Join(',', missing));
        }

        var scopes = quotas.SelectMany(QuotaUsage.Scopes).Where(s => QuotaUsage.IsIn(s, request.Value)).Select(s => s.ScopeName).ToHashSet(StringComparer.Ordinal);
        var open = limited.SelectMany(l => l.MatchScopes).Where(s => QuotaUsage.IsIn(s, request.Value) && !scopes.Contains(s.ScopeName)).ToList();
        return open.Count == 0 ? null : new QuotaRefusal(
            $"insufficient quota to match these scopes: [{string.Join(' ', open.Select(s => $"{{{s.ScopeName} {s.Operator} [{string.Join(' ', s.Values)}]}}"))}]", IsFault: true);
    }

    private static (IReadOnlyList<V1ResourceQuota> Changed, QuotaRefusal? Refusal) Book(
        List<(V1ResourceQuota? Quota, IReadOnlyDictionary<string, Quantity> Cost)> costs, bool reports)
    {
        var changed = new List<V1ResourceQuota>();
        foreach (var (quota, cost) in costs)
        {
            if (quota is null)
            {
                continue;
            }

            var (hard, used) = (quota.Status.Hard, quota.Status.Used);
            var counted = cost.Where(c => hard.ContainsKey(c.Key)).OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
            var exceeded = counted.Where(c => used.GetValueOrDefault(c.Key) + c.Value > hard[c.Key]).ToList();
            if (exceeded.Count > 0 && !reports)
            {
                string Show(Func<KeyValuePair<string, Quantity>, Quantity> amount) => string.Join(',', exceeded.Select(e => $"{e.Key}={amount(e)}"));
                return ([], new QuotaRefusal(
                    $"exceeded quota: {quota.Metadata.Name}, requested: {Show(e => e.Value)}, used: {Show(e => used.GetValueOrDefault(e.Key))}, limited: {Show(e => hard[e.Key])}"));
            }

            if (counted.Count > 0)
            {
                var now = new Dictionary<string, Quantity>(used, StringComparer.Ordinal);
                foreach (var (resource, amount) in counted)
                {
                    now[resource] = now.GetValueOrDefault(resource) + amount;
                }

                changed.Add(quota with { Status = quota.Status with { Used = now } });
            }
        }

        return (changed, null);
    }

    // Only what grows is charged; what shrinks, the controller gives back when it counts again.
    private static Dictionary<string, Quantity> Difference(IReadOnlyDictionary<string, Quantity> now, IReadOnlyDictionary<string, Quantity>? before)
    {
        var difference = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (resource, amount) in now)
        {
            var delta = before is not null && before.TryGetValue(resource, out var old) ? amount - old : amount;
            if (delta.Sign > 0)
            {
                difference[resource] = delta;
            }
        }

        return difference;
    }
}
