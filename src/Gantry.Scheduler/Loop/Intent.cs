using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Loop;

/// <summary>What is to be written to the API after a decision.</summary>
public abstract record Intent(PodFact Pod)
{
    /// <summary>Bind the pod, which already counts on this node.</summary>
    public sealed record Bind(PodFact Pod, string Node) : Intent(Pod);

    /// <summary>Prepare the pod's claims for this node; the pod comes again when they are bound.</summary>
    public sealed record Prepare(PodFact Pod, string Node, IReadOnlyList<ClaimPlan> Claims) : Intent(Pod);

    /// <summary>Say that no node fits, and make room where that was found worth it.</summary>
    /// <param name="Message">The summary for the condition and the event.</param>
    /// <param name="Report">False when the condition already says exactly this.</param>
    /// <param name="Nominate">The node promised by <paramref name="Victims"/>; empty to clear an earlier promise; null to leave it.</param>
    /// <param name="Victims">Pods to evict.</param>
    /// <param name="LosingNomination">Pods whose promise is taken back.</param>
    public sealed record Refuse(
        PodFact Pod,
        string Message,
        bool Report,
        string? Nominate,
        IReadOnlyList<PodFact> Victims,
        IReadOnlyList<PodFact> LosingNomination) : Intent(Pod);
}
