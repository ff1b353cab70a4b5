namespace Gantry.Scheduler.State;

/// <summary>The order nodes are looked at: one of each zone in turn, so that a sample of the nodes is a sample of the zones.</summary>
internal static class NodeOrder
{
    public static NodeState[] Interleave(IEnumerable<NodeState> nodes)
    {
        var zones = nodes
            .OrderBy(n => n.Slot)
            .GroupBy(n => n.Fact.Zone, StringComparer.Ordinal)
            .OrderBy(z => z.Key, StringComparer.Ordinal)
            .Select(z => z.ToList())
            .ToList();
        var order = new List<NodeState>();
        for (var round = 0; zones.Any(z => round < z.Count); round++)
        {
            foreach (var zone in zones)
            {
                if (round < zone.Count)
                {
                    order.Add(zone[round]);
                }
            }
        }

        return [.. order];
    }
}
