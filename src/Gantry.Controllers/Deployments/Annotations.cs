using System.Globalization;
using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Deployments;

/// <summary>What a Deployment writes into the annotations of its ReplicaSets; kubectl's rollout commands read them.</summary>
public static class DeploymentAnnotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string History = "deployment.kubernetes.io/revision-history";
    public const string Desired = "deployment.kubernetes.io/desired-replicas";
    public const string Max = "deployment.kubernetes.io/max-replicas";
    private static readonly string[] NotCopied =
        ["kubectl.kubernetes.io/last-applied-configuration", Revision, History, Desired, Max, "deprecated.deployment.rollback.to"];

    /// <summary>The number in an annotation, or 0.</summary>
    public static long Number(V1ObjectMeta meta, string name) =>
        meta.Annotations.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The set with the Deployment's annotations copied over its own and, unless it is of a later revision already, with that revision. A
    /// revision it had before goes to its history.
    /// </summary>
    public static V1ReplicaSet Stamp(V1ReplicaSet set, V1Deployment deployment, long revision, bool isNew)
    {
        var annotations = new Dictionary<string, string>(set.Metadata.Annotations, StringComparer.Ordinal);
        foreach (var (name, value) in deployment.Metadata.Annotations.Where(a => !NotCopied.Contains(a.Key, StringComparer.Ordinal)))
        {
            annotations[name] = value;
        }

        var old = Number(set.Metadata, Revision);
        if (old < revision)
        {
            annotations[Revision] = Text(revision);
            if (!isNew && old > 0)
            {
                annotations[History] = annotations.TryGetValue(History, out var history) && history.Length > 0 ? history + "," + Text(old) : Text(old);
            }
        }

        return set with { Metadata = set.Metadata with { Annotations = annotations } };
    }

    /// <summary>The set with the sizes that later scaling is proportional to.</summary>
    public static V1ReplicaSet Sizes(V1ReplicaSet set, int desired, int max) => set with
    {
        Metadata = set.Metadata with { Annotations = set.Metadata.Annotations.With(Desired, Text(desired)).With(Max, Text(max)) },
    };
}
