using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Client.Selectors;
using Gantry.Control;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.EndpointSlices;

/// <summary>What the two controllers of endpoints share: from a pod to the Services that select it, and back.</summary>
internal sealed class ServiceWatch
{
    private const string NamespaceIndex = Owners.NamespaceIndex;

    public ServiceWatch(CacheSet caches)
    {
        Services = caches.Of<V1Service>().WithOwners();
        Pods = caches.Of<V1Pod>().WithOwners();
    }

    public Cache<V1Service> Services { get; }

    public Cache<V1Pod> Pods { get; }

    public void Watch(IKeySink keys)
    {
        Services.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        Pods.Subscribe(change =>
        {
            if (change is { Old: { } old, New: { } now } && !Matters(old, now))
            {
                return;
            }

            foreach (var service in Services.Snapshot.By(NamespaceIndex, change.Object.Metadata.Namespace))
            {
                if (Selects(service, change.New) || Selects(service, change.Old))
                {
                    keys.Add(ObjectKey.Of(service));
                }
            }
        });
    }

    /// <summary>Whether the Service's endpoints follow from pods at all.</summary>
    public static bool Applies(V1Service service) => service.Spec.Type != "ExternalName" && service.Spec.Selector.Count > 0;

    public IReadOnlyList<V1Pod> Selected(V1Service service)
    {
        var selector = LabelSelector.Of(service.Spec.Selector);
        return [.. Pods.Snapshot.By(NamespaceIndex, service.Metadata.Namespace).Where(p => selector.Matches(p.Metadata.Labels))];
    }

    private static bool Selects(V1Service service, V1Pod? pod) =>
        pod is not null && Applies(service) && LabelSelector.Of(service.Spec.Selector).Matches(pod.Metadata.Labels);

    /// <summary>Most changes of pods (restart counts, container states) are of no concern to endpoints.</summary>
    private static bool Matters(V1Pod old, V1Pod now) =>
        old.Metadata.DeletionTimestamp != now.Metadata.DeletionTimestamp
        || old.Status.Phase != now.Status.Phase
        || PodFacts.IsReady(old) != PodFacts.IsReady(now)
        || old.Spec.NodeName != now.Spec.NodeName
        || !ServicePorts.Addresses(old).SequenceEqual(ServicePorts.Addresses(now))
        || !ReferenceEquals(old.Metadata.Labels, now.Metadata.Labels);
}
