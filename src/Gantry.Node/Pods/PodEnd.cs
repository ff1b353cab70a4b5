namespace Gantry.Node.Pods;

/// <summary>A pod that will not run again.</summary>
/// <param name="Phase">Succeeded or Failed.</param>
/// <param name="Reason">For the status; may be empty.</param>
/// <param name="Message">For the status; may be empty.</param>
public sealed record PodEnd(string Phase, string Reason = "", string Message = "")
{
    /// <summary>The time its containers get; null: what the pod asked for.</summary>
    public TimeSpan? Grace { get; init; }
}
