namespace Gantry.Scheduler.Decisions;

/// <summary>What one test says of one node: it fits, or why not.</summary>
public sealed class Verdict
{
    /// <summary>The node passes.</summary>
    public static readonly Verdict Fits = new(NodeTests.None, resolvable: true, []);

    private Verdict(NodeTests by, bool resolvable, string[] reasons)
    {
        By = by;
        Resolvable = resolvable;
        Reasons = reasons;
    }

    /// <summary>The test that refused; None when the node fits.</summary>
    public NodeTests By { get; }

    /// <summary>True when removing pods from the cluster could change the verdict, so that preemption is worth a try.</summary>
    public bool Resolvable { get; }

    /// <summary>In Kubernetes' words; a test may give several.</summary>
    public IReadOnlyList<string> Reasons { get; }

    public bool Passes => By == NodeTests.None;

    /// <summary>A refusal that removing pods might lift.</summary>
    public static Verdict Refuse(NodeTests by, params string[] reasons) => new(by, resolvable: true, reasons);

    /// <summary>A refusal that stands whatever pods leave.</summary>
    public static Verdict RefuseFinally(NodeTests by, params string[] reasons) => new(by, resolvable: false, reasons);

    public override string ToString() => Passes ? "fits" : string.Join(", ", Reasons);
}
