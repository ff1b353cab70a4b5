using System.Net;

namespace Gantry.Server.Certificates;

/// <summary>What a leaf certificate is for.</summary>
[Flags]
public enum LeafUsage
{
    None = 0,
    Client = 1,
    Server = 2,
}

/// <summary>What a leaf certificate says.</summary>
/// <param name="File">The name of its files, without ending.</param>
/// <param name="CommonName">The user name of a client certificate.</param>
/// <param name="Organizations">The groups of a client certificate.</param>
/// <param name="Usage">Whether it proves a client, a server, or both.</param>
public sealed record LeafProfile(string File, string CommonName, IReadOnlyList<string> Organizations, LeafUsage Usage)
{
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The administrator of the cluster: <c>system:masters</c> passes every authorization check.</summary>
    public static LeafProfile Admin { get; } = new("admin", "kubernetes-admin", ["system:masters"], LeafUsage.Client);

    public static LeafProfile ControllerManager { get; } = new("controller-manager", "system:kube-controller-manager", [], LeafUsage.Client);

    public static LeafProfile Scheduler { get; } = new("scheduler", "system:kube-scheduler", [], LeafUsage.Client);

    /// <summary>The API server's own identity towards node agents.</summary>
    public static LeafProfile KubeletClient { get; } = new("apiserver-kubelet-client", "kube-apiserver-kubelet-client", ["system:masters"], LeafUsage.Client);

    /// <summary>The API server's identity towards servers of aggregated APIs, which believe it who the user is.</summary>
    public static LeafProfile FrontProxy { get; } = new("front-proxy-client", "front-proxy-client", [], LeafUsage.Client);

    /// <summary>A node agent's identity towards the API server.</summary>
    public static LeafProfile Node(string name) => new("node-" + name, "system:node:" + name, ["system:nodes"], LeafUsage.Client);

    /// <summary>A node agent's serving certificate (logs, exec, metrics).</summary>
    public static LeafProfile NodeServer(string name, IReadOnlyList<IPAddress> addresses) =>
        new("node-" + name + "-server", "system:node:" + name, ["system:nodes"], LeafUsage.Server)
        {
            Names = [name, "localhost"],
            Addresses = [.. addresses.Append(IPAddress.Loopback).Distinct()],
        };

    /// <summary>The API server's serving certificate with every name under which clients and pods reach it.</summary>
    public static LeafProfile ApiServer(PkiOptions options) => new("apiserver", "kube-apiserver", [], LeafUsage.Server)
    {
        Names =
        [
            .. new[]
            {
                options.NodeName, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                "kubernetes.default.svc." + options.ClusterDomain,
            }.Concat(options.Names).Distinct(StringComparer.Ordinal),
        ],
        Addresses = [.. new[] { IPAddress.Loopback, IPAddress.IPv6Loopback, options.ServiceAddress }.Concat(options.Addresses).Distinct()],
    };
}
