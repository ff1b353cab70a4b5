using Gantry.Api.Models;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Reading;

/// <summary>Compiles a pod into the fact the scheduler works with.</summary>
public static class PodReader
{
    public static PodFact Read(V1Pod pod)
    {
        var spec = pod.Spec;
        var labels = pod.Metadata.Labels;
        var affinity = spec.Affinity;
        return new PodFact
        {
            Uid = pod.Metadata.Uid,
            Namespace = pod.Metadata.Namespace,
            Name = pod.Metadata.Name,
            Labels = labels,
            NodeName = spec.NodeName,
            NominatedNode = pod.Status.NominatedNodeName,
            Priority = spec.Priority ?? 0,
            NeverPreempts = spec.PreemptionPolicy == "Never",
            Created = pod.Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch,
            Started = pod.Status.StartTime,
            Terminating = pod.Metadata.DeletionTimestamp is not null,
            Requests = RequestReader.Read(spec),
            ScoredMilliCpu = RequestReader.ScoredMilliCpu(spec),
            ScoredMemory = RequestReader.ScoredMemory(spec),
            Tolerations = [.. spec.Tolerations.Select(Read)],
            NodeSelector = spec.NodeSelector.Count == 0 ? Selector.Everything : Selector.OfLabels(spec.NodeSelector),
            NodeTerms = affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required ? SelectorReader.Read(required) : null,
            PreferredNodeTerms =
            [
                .. (affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
                    .Select(t => new PreferredNodeTerm(t.Weight, SelectorReader.Read(t.Preference))),
            ],
            Ports = Ports(spec),
            Affinity = Terms(affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, pod),
            AntiAffinity = Terms(affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, pod),
            PreferredAffinity = Terms(affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, pod),
            PreferredAntiAffinity = Terms(affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, pod),
            Spread = [.. spec.TopologySpreadConstraints.Select(c => Read(c, labels))],
            Gates = [.. spec.SchedulingGates.Select(g => g.Name)],
            Images = [.. spec.InitContainers.Concat(spec.Containers).Select(c => WithTag(c.Image))],
            Claims = Claims(pod),
            Owner = Owner(pod.Metadata),
        };
    }

    private static Toleration Read(V1Toleration toleration) => new(
        toleration.Key, toleration.Operator == "Exists", toleration.Value, toleration.Effect.Length == 0 ? null : NodeReader.Effect(toleration.Effect));

    private static SpreadConstraint Read(V1TopologySpreadConstraint constraint, IReadOnlyDictionary<string, string> labels) => new()
    {
        TopologyKey = constraint.TopologyKey,
        Selector = SelectorReader.Read(constraint.LabelSelector, Selector.Nothing).WithSame(constraint.MatchLabelKeys, labels, Comparison.In),
        MaxSkew = constraint.MaxSkew,
        MinDomains = constraint.MinDomains ?? 1,
        Hard = constraint.WhenUnsatisfiable == "DoNotSchedule",
        HonorNodeAffinity = constraint.NodeAffinityPolicy != "Ignore",
        HonorTaints = constraint.NodeTaintsPolicy == "Honor",
    };

    private static PodTerm[] Terms(IReadOnlyList<V1PodAffinityTerm>? terms, V1Pod pod) => terms is null ? [] : [.. terms.Select(t => Read(t, pod))];

    private static PreferredPodTerm[] Terms(IReadOnlyList<V1WeightedPodAffinityTerm>? terms, V1Pod pod) =>
        terms is null ? [] : [.. terms.Select(t => new PreferredPodTerm(t.Weight, Read(t.PodAffinityTerm, pod)))];

    private static PodTerm Read(V1PodAffinityTerm term, V1Pod pod)
    {
        var selector = SelectorReader.Read(term.LabelSelector, Selector.Nothing)
            .WithSame(term.MatchLabelKeys, pod.Metadata.Labels, Comparison.In)
            .WithSame(term.MismatchLabelKeys, pod.Metadata.Labels, Comparison.NotIn);

        // Without namespaces and without a selector of them the pod's own is meant.
        string[] namespaces = term.Namespaces.Count == 0 && term.NamespaceSelector is null ? [pod.Metadata.Namespace] : [.. term.Namespaces];
        return new PodTerm(term.TopologyKey, selector, namespaces, SelectorReader.Read(term.NamespaceSelector, Selector.Nothing));
    }

    private static HostPort[] Ports(V1PodSpec spec)
    {
        List<HostPort>? ports = null;
        foreach (var container in spec.Containers.Concat(spec.InitContainers.Where(c => c.RestartPolicy == "Always")))
        {
            foreach (var port in container.Ports)
            {
                if (port.HostPort > 0)
                {
                    (ports ??= []).Add(new HostPort(port.HostIP, port.Protocol.Length == 0 ? "TCP" : port.Protocol, port.HostPort));
                }
            }
        }

        return ports is null ? [] : [.. ports];
    }

    private static string[] Claims(V1Pod pod)
    {
        List<string>? claims = null;
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim)
            {
                (claims ??= []).Add(claim.ClaimName);
            }
            else if (volume.Ephemeral is not null)
            {
                (claims ??= []).Add($"{pod.Metadata.Name}-{volume.Name}");
            }
        }

        return claims is null ? [] : [.. claims];
    }

    private static string Owner(V1ObjectMeta metadata)
    {
        foreach (var owner in metadata.OwnerReferences)
        {
            if (owner.Controller == true)
            {
                return $"{owner.Kind}/{owner.Name}";
            }
        }

        return "";
    }

    /// <summary>Nodes list images with their tag; a name without one means the latest.</summary>
    private static string WithTag(string image) => image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
