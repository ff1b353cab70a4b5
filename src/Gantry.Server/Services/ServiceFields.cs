using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Services;

/// <summary>What a Service's type asks for, read from its spec.</summary>
internal static class ServiceFields
{
    public const string None = "None";
    public const string SingleStack = "SingleStack";
    public const string RequireDualStack = "RequireDualStack";

    // Types that nobody knows are refused later on, by validation.
    public static bool NeedsAddress(string type) => type != "ExternalName";

    public static bool NeedsAddress(TreeMap spec) => NeedsAddress(spec.Text("type") ?? "");

    /// <summary>Whether services of the type may be reached by ports of nodes.</summary>
    public static bool HasNodePorts(string? type) => type is "NodePort" or "LoadBalancer";

    public static bool NeedsNodePorts(TreeMap spec) => NeedsNodePorts(spec.Text("type") ?? "", (spec["allocateLoadBalancerNodePorts"] as TreeBool)?.Value);

    public static bool NeedsNodePorts(V1ServiceSpec spec) => NeedsNodePorts(spec.Type, spec.AllocateLoadBalancerNodePorts);

    public static bool NeedsHealthCheckPort(TreeMap spec) => spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    public static bool NeedsHealthCheckPort(V1ServiceSpec spec) => spec.Type == "LoadBalancer" && spec.ExternalTrafficPolicy == "Local";

    public static bool IsReachedFromOutside(TreeMap spec) =>
        spec.Text("type") is "NodePort" or "LoadBalancer" || (spec.Text("type") == "ClusterIP" && spec.HasItems("externalIPs"));

    public static bool IsReachedFromOutside(V1ServiceSpec spec) =>
        spec.Type is "NodePort" or "LoadBalancer" || (spec.Type == "ClusterIP" && spec.ExternalIPs.Count > 0);

    /// <summary>Whether it has names but no address of its own.</summary>
    public static bool IsHeadless(TreeMap spec) => spec.Texts("clusterIPs") is [None, ..];

    public static IReadOnlyList<string> Texts(this TreeMap map, string key) =>
        map.List(key) is { } list ? [.. list.OfType<TreeString>().Select(t => t.Value)] : [];

    public static void SetTexts(this TreeMap map, string key, IReadOnlyList<string> values) =>
        map[key] = values.Count == 0 ? null : new TreeList(values.Select(v => (Tree)new TreeString(v)));

    public static int Number(this TreeMap map, string key) => map[key] is TreeInteger { Value: >= int.MinValue and <= int.MaxValue } number ? (int)number.Value : 0;

    private static bool NeedsNodePorts(string type, bool? balancerPorts) => type == "NodePort" || (type == "LoadBalancer" && balancerPorts != false);
}
