using System.Globalization;
using System.Net.Sockets;
using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Server.Bootstrap;

/// <summary>The objects every cluster starts with, apart from roles and flow control.</summary>
public static class ClusterObjects
{
    public static IReadOnlyList<V1Namespace> Namespaces { get; } =
        [.. new[] { "default", "kube-node-lease", "kube-public", "kube-system" }.Select(n => new V1Namespace { Metadata = new V1ObjectMeta { Name = n } })];

    public static IReadOnlyList<V1PriorityClass> PriorityClasses { get; } =
    [
        new()
        {
            Metadata = new V1ObjectMeta { Name = "system-cluster-critical" },
            Value = 2_000_000_000,
            Description = "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
            PreemptionPolicy = "PreemptLowerPriority",
        },
        new()
        {
            Metadata = new V1ObjectMeta { Name = "system-node-critical" },
            Value = 2_000_001_000,
            Description = "Used for system critical pods that must not be moved from their current node.",
            PreemptionPolicy = "PreemptLowerPriority",
        },
    ];

    /// <summary>The Service through which pods reach the API.</summary>
    public static V1Service Service(BootstrapOptions options) => new()
    {
        Metadata = new V1ObjectMeta { Name = "kubernetes", Namespace = "default", Labels = Map(("component", "apiserver"), ("provider", "kubernetes")) },
        Spec = new V1ServiceSpec
        {
            Ports = [new V1ServicePort { Name = "https", Protocol = "TCP", Port = 443, TargetPort = options.AdvertisePort }],
            ClusterIP = options.ServiceAddress.ToString(),
            ClusterIPs = [options.ServiceAddress.ToString()],
            IpFamilyPolicy = "SingleStack",
            SessionAffinity = "None",
            Type = "ClusterIP",
        },
    };

    public static V1Endpoints Endpoints(BootstrapOptions options) => new()
    {
        Metadata = new V1ObjectMeta { Name = "kubernetes", Namespace = "default", Labels = Map(("endpointslice.kubernetes.io/skip-mirror", "true")) },
        Subsets =
        [
            new V1EndpointSubset
            {
                Addresses = [new V1EndpointAddress { Ip = options.AdvertiseAddress.ToString() }],
                Ports = [new CoreV1EndpointPort { Name = "https", Port = options.AdvertisePort, Protocol = "TCP" }],
            },
        ],
    };

    public static V1EndpointSlice EndpointSlice(BootstrapOptions options) => new()
    {
        Metadata = new V1ObjectMeta { Name = "kubernetes", Namespace = "default", Labels = Map(("kubernetes.io/service-name", "kubernetes")) },
        AddressType = options.AdvertiseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
        Endpoints = [new V1Endpoint { Addresses = [options.AdvertiseAddress.ToString()], Conditions = new V1EndpointConditions { Ready = true } }],
        Ports = [new DiscoveryV1EndpointPort { Name = "https", Protocol = "TCP", Port = options.AdvertisePort }],
    };

    /// <summary>Since when the use of tokens kept in Secrets is recorded: those not used since may be cleaned up.</summary>
    /// <param name="since">The day from which on it is.</param>
    public static V1ConfigMap TokenTracking(DateTimeOffset since) => new()
    {
        Metadata = new V1ObjectMeta { Name = "kube-apiserver-legacy-service-account-token-tracking", Namespace = "kube-system" },
        Data = Map(("since", since.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))),
    };

    /// <summary>What servers of aggregated APIs need to trust the requests that come to them; null without authorities.</summary>
    public static V1ConfigMap? Authentication(BootstrapOptions options) => options.ClientAuthorities.Length == 0 ? null : new V1ConfigMap
    {
        Metadata = new V1ObjectMeta { Name = "extension-apiserver-authentication", Namespace = "kube-system" },
        Data = Map(
            ("client-ca-file", AuthenticationTrust.Certificates(options.ClientAuthorities, options.MoreClientAuthorities, options.Started)),
            ("requestheader-client-ca-file", AuthenticationTrust.Certificates("", options.ProxyAuthorities, options.Started)),
            ("requestheader-allowed-names", "[\"front-proxy-client\"]"),
            ("requestheader-username-headers", "[\"X-Remote-User\"]"),
            ("requestheader-group-headers", "[\"X-Remote-Group\"]"),
            ("requestheader-extra-headers-prefix", "[\"X-Remote-Extra-\"]")),
    };

    /// <summary>One APIService for each group and version that the server answers itself.</summary>
    /// <param name="resources">What is served.</param>
    public static IReadOnlyList<V1APIService> ApiServices(IEnumerable<ResourceType> resources) =>
        [.. resources
            .Select(r => (r.Group, r.Version))
            .Where(g => g.Group != "apiregistration.k8s.io")
            .Distinct()
            .OrderBy(g => g.Version + "." + g.Group, StringComparer.Ordinal)
            .Select(g => ApiService(g.Group, g.Version))];

    private static V1APIService ApiService(string group, string version)
    {
        var (groupPriority, versionPriority) = Priority(group, version);
        return new V1APIService
        {
            Metadata = new V1ObjectMeta { Name = version + "." + group, Labels = Map(("kube-aggregator.kubernetes.io/automanaged", "onstart")) },
            Spec = new V1APIServiceSpec { Group = group, Version = version, GroupPriorityMinimum = groupPriority, VersionPriority = versionPriority },
        };
    }

    // Discovery lists groups by these numbers, the highest first.
    private static (int Group, int Version) Priority(string group, string version) => (group, version) switch
    {
        ("", _) => (18_000, 1),
        ("apps", _) => (17_800, 15),
        ("events.k8s.io", _) => (17_750, 15),
        ("authentication.k8s.io", _) => (17_700, 15),
        ("authorization.k8s.io", _) => (17_600, 15),
        ("autoscaling", "v2") => (17_500, 30),
        ("autoscaling", _) => (17_500, 15),
        ("batch", _) => (17_400, 15),
        ("certificates.k8s.io", _) => (17_300, 15),
        ("networking.k8s.io", _) => (17_200, 15),
        ("policy", _) => (17_100, 15),
        ("rbac.authorization.k8s.io", _) => (17_000, 15),
        ("storage.k8s.io", _) => (16_800, 15),
        ("apiextensions.k8s.io" or "admissionregistration.k8s.io", _) => (16_700, 15),
        ("scheduling.k8s.io", _) => (16_600, 15),
        ("coordination.k8s.io", _) => (16_500, 15),
        ("node.k8s.io", _) => (16_300, 15),
        ("discovery.k8s.io", _) => (16_200, 15),
        ("flowcontrol.apiserver.k8s.io", _) => (16_100, 21),
        _ => (1_000, 100),
    };

    private static Dictionary<string, string> Map(params ReadOnlySpan<(string Key, string Value)> pairs)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }

        return map;
    }
}
