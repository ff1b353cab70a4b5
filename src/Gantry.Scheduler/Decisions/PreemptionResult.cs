using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Decisions;

/// <summary>What preemption came to.</summary>
public abstract record PreemptionResult
{
    private PreemptionResult()
    {
    }

    /// <param name="Node">The node to nominate.</param>
    /// <param name="Victims">Pods to evict from it, most important first.</param>
    /// <param name="LosingNomination">Pods of lower priority that were promised this node and must look again.</param>
    public sealed record MakeRoom(string Node, IReadOnlyList<PodFact> Victims, IReadOnlyList<PodFact> LosingNomination) : PreemptionResult;

    /// <param name="Message">Why not, as it follows the summary: begins with <c>preemption:</c>.</param>
    /// <param name="ClearsNomination">An earlier nomination has become pointless.</param>
    public sealed record NoRoom(string Message, bool ClearsNomination) : PreemptionResult;
}
