namespace Gantry.Server.Admission.Policies;

/// <summary>What a policy says about a request with one parameter.</summary>
/// <param name="Denials">The validations that do not hold, or that cannot be computed, each with its place among the policy's.</param>
/// <param name="Annotations">For the audit log.</param>
/// <param name="Errors">Annotations that cannot be computed: they deny.</param>
internal sealed record PolicyVerdict(
    IReadOnlyList<(int Index, string Message, string Reason)> Denials, IReadOnlyList<KeyValuePair<string, string>> Annotations, IReadOnlyList<string> Errors)
{
    public static PolicyVerdict Silent { get; } = new([], [], []);

    /// <summary>The verdict of a policy that could not be computed: a denial, unless it may fail.</summary>
    public static PolicyVerdict Failed(bool mayFail, string message) => mayFail ? Silent : new([(0, message, "")], [], []);
}
