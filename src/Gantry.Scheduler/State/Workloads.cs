using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>
/// Services and pod owners by namespace. A pod without spread constraints of its own is spread among the pods its services and its owner select
/// (Kubernetes' system default constraints).
/// </summary>
public sealed class Workloads
{
    private readonly Dictionary<string, Dictionary<string, WorkloadFact>> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, WorkloadFact>> _owners = new(StringComparer.Ordinal);

    public void Set(WorkloadFact workload)
    {
        var table = Table(workload.Kind);
        if (!table.TryGetValue(workload.Namespace, out var inNamespace))
        {
            table.Add(workload.Namespace, inNamespace = new Dictionary<string, WorkloadFact>(StringComparer.Ordinal));
        }

        inNamespace[workload.OwnerKey] = workload;
    }

    public void Remove(string kind, string inNamespace, string name)
    {
        if (Table(kind).TryGetValue(inNamespace, out var workloads))
        {
            workloads.Remove($"{kind}/{name}");
        }
    }

    /// <summary>The pods this pod should be spread among; null when no service selects it and no known owner made it.</summary>
    public Selector? DefaultSelector(PodFact pod)
    {
        Selector? selector = null;
        if (_services.TryGetValue(pod.Namespace, out var services))
        {
            foreach (var service in services.Values)
            {
                if (!service.Selector.IsEmpty && service.Selector.Matches(pod.Labels))
                {
                    selector = selector is null ? service.Selector : selector.And(service.Selector);
                }
            }
        }

        if (pod.Owner.Length > 0 && _owners.TryGetValue(pod.Namespace, out var owners) && owners.TryGetValue(pod.Owner, out var owner))
        {
            selector = selector is null ? owner.Selector : selector.And(owner.Selector);
        }

        return selector is null || selector.IsEmpty ? null : selector;
    }

    private Dictionary<string, Dictionary<string, WorkloadFact>> Table(string kind) =>
        string.Equals(kind, "Service", StringComparison.Ordinal) ? _services : _owners;
}
