using Gantry.Server.Authorization;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Definitions in groups of the Kubernetes community say where they were approved (annotation <c>api-approved.kubernetes.io</c>).</summary>
internal static class ApiApproval
{
    private const string Annotation = "api-approved.kubernetes.io";
    private const string Policy = "see https://github.com/kubernetes/enhancements/pull/1111";

    public static bool IsProtected(string group) =>
        group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);

    /// <summary>The state, and the words for it.</summary>
    public static (ApprovalState State, string Reason) Of(IReadOnlyDictionary<string, string> annotations)
    {
        var said = annotations.GetValueOrDefault(Annotation, "");
        if (said.Length == 0)
        {
            return (ApprovalState.Missing, $"protected groups must have approval annotation \"{Annotation}\", {Policy}");
        }

        if (said.StartsWith("unapproved", StringComparison.Ordinal))
        {
            return (ApprovalState.Bypassed, $"not approved: {GoText.Quote(said)}");
        }

        return Uri.TryCreate(said, UriKind.Absolute, out var url) && url.Host.Length > 0 && !said.StartsWith('/')
            ? (ApprovalState.Approved, "approved in " + said)
            : (ApprovalState.Invalid, $"protected groups must have approval annotation \"{Annotation}\" with either a URL or a reason starting with \"unapproved\", {Policy}");
    }
}
