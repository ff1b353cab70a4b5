namespace Gantry.Server.Admission.PodSecurity;

/// <summary>One control that a pod breaks.</summary>
/// <param name="Reason">Which, in few words.</param>
/// <param name="Detail">Where and how; may be empty.</param>
public sealed record Violation(string Reason, string Detail)
{
    /// <summary>Every violation with its detail, as a refusal of one pod tells it.</summary>
    public static string Details(IReadOnlyList<Violation> violations) =>
        string.Join(", ", violations.Select(v => v.Detail.Length == 0 ? v.Reason : $"{v.Reason} ({v.Detail})"));

    /// <summary>The reasons alone, by which pods with the same faults are counted.</summary>
    public static string Reasons(IReadOnlyList<Violation> violations) => string.Join(", ", violations.Select(v => v.Reason));
}
