using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>The rolling update of a DaemonSet, by removing old pods first or by making new ones beside them.</summary>
internal static class DaemonRollout
{
    /// <summary>How many nodes may have two pods.</summary>
    public static int Surge(V1DaemonSet set, int desired) =>
        Math.Max(0, set.Spec.UpdateStrategy.RollingUpdate?.MaxSurge?.Scale(desired, roundUp: true) ?? 0);

    public static void Roll(DaemonView view, List<NodeCase> nodes, string hash, DaemonDraft draft)
    {
        var desired = nodes.Count(n => n.Runs);
        var surge = Surge(view.Set, desired);
        if (surge > 0)
        {
            Grow(view, nodes, hash, draft, surge);
            return;
        }

        var unavailable = view.Set.Spec.UpdateStrategy.RollingUpdate?.MaxUnavailable is { } most ? most.Scale(desired, roundUp: true) ?? 1 : 1;
        Replace(view, nodes, hash, draft, desired > 0 ? Math.Max(1, unavailable) : unavailable);
    }

    /// <summary>Old pods go, as many at once as may be missing; the next look makes the new ones.</summary>
    private static void Replace(DaemonView view, List<NodeCase> nodes, string hash, DaemonDraft draft, int most)
    {
        var missing = 0;
        var candidates = new List<V1Pod>();
        foreach (var node in nodes.Where(n => n.Runs || n.Pods.Count > 0))
        {
            if (!node.TryPair(hash, out var current, out var old) || (current is null) == (old is null))
            {
                missing++;
            }
            else if (current is not null)
            {
                missing += IsAvailable(view, current) ? 0 : 1;
            }
            else if (!IsAvailable(view, old!))
            {
                // It serves nobody, so replacing it costs nothing.
                draft.Delete(old!);
            }
            else
            {
                candidates.Add(old!);
            }
        }

        foreach (var pod in candidates.Take(Math.Max(0, most - missing)))
        {
            draft.Delete(pod);
        }
    }

    /// <summary>New pods come beside old ones, on as many nodes at once as may have two; an old one goes when the new one serves.</summary>
    private static void Grow(DaemonView view, List<NodeCase> nodes, string hash, DaemonDraft draft, int most)
    {
        var growing = 0;
        var candidates = new List<string>();
        foreach (var node in nodes.Where(n => n.Runs))
        {
            if (!node.TryPair(hash, out var current, out var old))
            {
                growing++;
            }
            else if (old is null)
            {
                continue;
            }
            else if (current is null)
            {
                if (IsAvailable(view, old))
                {
                    candidates.Add(node.Name);
                }
                else
                {
                    draft.Create(node.Name);
                }
            }
            else if (IsAvailable(view, current) || !PodFacts.IsReady(old))
            {
                draft.Delete(old);
            }
            else
            {
                growing++;
            }
        }

        foreach (var node in candidates.Take(Math.Max(0, most - growing)))
        {
            draft.Create(node);
        }
    }

    private static bool IsAvailable(DaemonView view, V1Pod pod) => PodFacts.IsAvailable(pod, view.Set.Spec.MinReadySeconds, view.Now);
}
