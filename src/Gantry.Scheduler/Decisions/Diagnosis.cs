namespace Gantry.Scheduler.Decisions;

/// <summary>
/// Why a pod found no node, kept as data: a verdict for every node looked at. <see cref="Summary"/> counts them in the words
/// <c>kubectl describe</c> shows.
/// </summary>
public sealed record Diagnosis
{
    /// <summary>How many nodes there are.</summary>
    public required int TotalNodes { get; init; }

    /// <summary>The refusal of each node that was looked at, by name.</summary>
    public required IReadOnlyDictionary<string, Verdict> Verdicts { get; init; }

    /// <summary>The reason that holds for the nodes not in <see cref="Verdicts"/>; empty for none.</summary>
    public string AbsentReason { get; init; } = "";

    /// <summary>A refusal that holds for the pod as a whole; empty for none. It replaces the count of reasons.</summary>
    public string EverywhereReason { get; init; } = "";

    /// <summary>What preemption had to say, a sentence of its own; empty when it was not tried.</summary>
    public string Preemption { get; init; } = "";

    /// <summary>All tests that refused a node: what has to change before another try makes sense.</summary>
    public required NodeTests RefusedBy { get; init; }

    /// <summary>For example <c>0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. preemption: ...</c>; reasons in ordinal order of their text.</summary>
    public string Summary
    {
        get
        {
            if (TotalNodes == 0)
            {
                return "no nodes available to schedule pods";
            }

            var text = Describe(TotalNodes, EverywhereReason, Verdicts.Values.SelectMany(v => v.Reasons), AbsentReason, TotalNodes - Verdicts.Count);
            return Preemption.Length == 0 ? text : $"{text} {Preemption}";
        }
    }

    /// <summary>The counted sentence for these reasons.</summary>
    /// <param name="total">Number of nodes.</param>
    /// <param name="everywhere">When not empty, given instead of the count.</param>
    /// <param name="reasons">One entry for every reason of every node.</param>
    /// <param name="absentReason">Reason of the nodes without an entry.</param>
    /// <param name="absent">How many of those there are.</param>
    public static string Describe(int total, string everywhere, IEnumerable<string> reasons, string absentReason, int absent)
    {
        var head = $"0/{total} nodes are available";
        if (everywhere.Length > 0)
        {
            return $"{head}: {everywhere}.";
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var reason in reasons)
        {
            counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        if (absentReason.Length > 0 && absent > 0)
        {
            counts[absentReason] = counts.GetValueOrDefault(absentReason) + absent;
        }

        var parts = counts.Select(c => $"{c.Value} {c.Key}").ToArray();
        Array.Sort(parts, StringComparer.Ordinal);
        return parts.Length == 0 ? head : $"{head}: {string.Join(", ", parts)}.";
    }
}
