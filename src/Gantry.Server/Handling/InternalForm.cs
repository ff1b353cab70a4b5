using Gantry.Api;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Handling;

/// <summary>
/// What keeps Kubernetes from turning an object into its internal form: fields of the first versions that newer ones carry in annotations, where they have to be numbers.
/// </summary>
internal static class InternalForm
{
    /// <summary>The annotation with the revision that a deployment is to go back to.</summary>
    public const string RollbackTo = "deprecated.deployment.rollback.to";

    /// <summary>Why the object has no internal form, or null.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object as it was sent.</param>
    public static string? Fault(ResourceType type, TreeMap value) => type.Group != "apps" ? null : type.Kind switch
    {
        "DaemonSet" when Annotation(value, KindDefaults.TemplateGeneration) is { } count && !GoInteger.TryParse(count, "ParseInt", out _, out var error) => error,
        "Deployment" when Annotation(value, RollbackTo) is { Length: > 0 } revision && !GoInteger.TryParse(revision, "ParseInt", out _, out var error) =>
            $"failed to parse annotation[{RollbackTo}]={revision} as int64: {error}",
        _ => null,
    };

    private static string? Annotation(TreeMap value, string name) => value.Map("metadata")?.Map("annotations")?.Text(name);
}
