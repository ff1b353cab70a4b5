namespace Gantry.Server.Admission.Policies;

/// <summary>What a policy says about a request with one parameter.</summary>
/// <param name="Denials">The validations that do not hold, or that cannot be computed, each with its place among the policy's.</param>
/// <param name="Annotations">For the audit log.</param>
/// <param name="Errors">Annotations that cannot be computed: they deny.</param>
internal sealed record PolicyVerdict(
    IReadOnlyList<(int Index, string Message, string Reason)> Denials, IReadOnlyList<KeyValuePair<string, string>> Annotations, IReadOnlyList<string> Errors)
{
    public static PolicyVerdict Silent { get; } = new([], [], []);

    /// <summary>What the match conditions said; null where there are none.</summary>
    public (bool Match, string? Error)? Conditions { get; init; }

    /// <summary>What could not be computed and let the request pass, for the figures.</summary>
    public IReadOnlyList<string> Passed { get; init; } = [];

    /// <summary>The verdict of a policy that could not be computed: a denial, unless it may fail.</summary>
    public static PolicyVerdict Failed(bool mayFail, string message) => mayFail ? Silent with { Passed = [message] } : new([(0, message, "")], [], []);

    /// <summary>What sort of error a message tells of, as figures name it (apiserver's <c>policy/validating/metrics</c>).</summary>
    public static string ErrorOf(string message) => message.StartsWith("compilation", StringComparison.Ordinal) ? "compile_error"
        : message.Contains("validation failed due to running out of cost budget", StringComparison.Ordinal) ? "out_of_budget"
        : message.Contains(" resulted in error: ", StringComparison.Ordinal) ? "invalid_error"
        : "no_error";
}
