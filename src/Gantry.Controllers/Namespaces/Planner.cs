using Gantry.Api.Models;

namespace Gantry.Controllers.Namespaces;

/// <summary>Empties a namespace in order: pods first, since they may use everything else; then the rest. Pure.</summary>
public static class NamespacePlanner
{
    public const string Finalizer = "kubernetes";

    public static NamespacePlan Plan(NamespaceView view)
    {
        var left = view.Content.Where(r => r.Objects.Count > 0).ToList();
        var pods = left.Where(r => r.Resource is { Group: "", Plural: "pods" }).ToList();
        var stage = pods.Count > 0 ? pods : left;
        List<Remainder> delete = [.. stage
            .Select(r => r with { Objects = [.. r.Objects.Where(o => o.Metadata.DeletionTimestamp is null)] })
            .Where(r => r.Objects.Count > 0)];
        return new NamespacePlan(delete, Status(view, left), left.Count == 0 && view.Failures.Count == 0);
    }

    private static V1NamespaceStatus Status(NamespaceView view, List<Remainder> left)
    {
        var status = view.Namespace.Status with { Phase = "Terminating" };
        var failures = string.Join(", ", view.Failures);
        var resources = string.Join(", ", left.Select(r => $"{r.Resource.Plural}.{r.Resource.Group} has {r.Objects.Count} resource instances").Order(StringComparer.Ordinal));
        var finalizers = string.Join(", ", left.SelectMany(r => r.Objects).SelectMany(o => o.Metadata.Finalizers).CountBy(f => f, StringComparer.Ordinal)
            .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} in {f.Value} resource instances"));
        V1NamespaceCondition[] wanted =
        [
            New("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
            New("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            failures.Length == 0
                ? New("NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization")
                : New("NamespaceDeletionContentFailure", "True", "ContentDeletionFailed", "Failed to delete all resource types, " + failures),
            resources.Length == 0
                ? New("NamespaceContentRemaining", "False", "ContentRemoved", "All content successfully removed")
                : New("NamespaceContentRemaining", "True", "SomeResourcesRemain", "Some resources are remaining: " + resources),
            finalizers.Length == 0
                ? New("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished")
                : New("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: " + finalizers),
        ];
        var conditions = status.Conditions.ToList();
        foreach (var condition in wanted)
        {
            var at = conditions.FindIndex(c => c.Type == condition.Type);
            if (at < 0)
            {
                conditions.Add(condition with { LastTransitionTime = view.Now });
            }
            else if ((conditions[at].Status, conditions[at].Reason, conditions[at].Message) != (condition.Status, condition.Reason, condition.Message))
            {
                var since = conditions[at].Status == condition.Status ? conditions[at].LastTransitionTime : view.Now;
                conditions[at] = condition with { LastTransitionTime = since };
            }
        }

        return status with { Conditions = conditions };
    }

    private static V1NamespaceCondition New(string type, string status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message };
}
