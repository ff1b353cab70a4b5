using Gantry.Server.Admission;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary>What the built-in subresources are made of.</summary>
internal sealed record SubresourceParts
{
    public required IObjects Objects { get; init; }

    public required ResourceTable Resources { get; init; }

    public required ObjectWriter Writer { get; init; }

    public required ObjectDeleter Deleter { get; init; }

    public required AdmissionChain Admission { get; init; }

    public required TokenIssuer Tokens { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Where proxied requests go.</summary>
    public required ProxyAddresses Addresses { get; init; }

    /// <summary>The way into the pod network.</summary>
    public required Dialer Dial { get; init; }

    /// <summary>The way to the nodes, or null.</summary>
    public INodeProxy? Nodes { get; init; }

    /// <summary>The health of the parts of the control plane.</summary>
    public Func<IReadOnlyList<(string Name, string? Problem)>> Components { get; init; } =
        static () => [("controller-manager", null), ("scheduler", null), ("etcd-0", null)];

    /// <summary>Every built-in subresource apart from those that are views of the object itself, and the resources that keep nothing.</summary>
    public IReadOnlyList<ISubresource> Subresources()
    {
        var forwarder = new HttpForwarder(Dial, HttpForwarder.Anybody(), Clock);
        var binding = new PodBinding(Writer, Admission, Clock);
        return
        [
            new ScaleSubresource("", "*", Writer, Clock),
            new ScaleSubresource("", "replicationcontrollers", Writer, Clock),
            new ScaleSubresource("apps", "deployments", Writer, Clock),
            new ScaleSubresource("apps", "replicasets", Writer, Clock),
            new ScaleSubresource("apps", "statefulsets", Writer, Clock),
            new BindingSubresource(binding, Resources, ofPod: true),
            new BindingSubresource(binding, Resources, ofPod: false),
            new ComponentStatuses(Components),
            new EvictionSubresource(Objects, Resources, Writer, Deleter, Admission, Clock),
            new TokenSubresource(Tokens, Admission, Clock),
            new PodStreamSubresource("log", NodeEndpoint.Log, Objects, Admission, Nodes),
            new PodStreamSubresource("exec", NodeEndpoint.Exec, Objects, Admission, Nodes),
            new PodStreamSubresource("attach", NodeEndpoint.Attach, Objects, Admission, Nodes),
            new PodStreamSubresource("portforward", NodeEndpoint.PortForward, Objects, Admission, Nodes),
            new ProxySubresource("pods", Addresses.OfPod, Admission, forwarder),
            new ProxySubresource("services", Addresses.OfService, Admission, forwarder),
            new NodeProxySubresource(Objects, Admission, Nodes),
        ];
    }
}
