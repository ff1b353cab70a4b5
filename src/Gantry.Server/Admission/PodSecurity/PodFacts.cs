using Gantry.Api.Models;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>A pod as the controls look at it: its containers in the order in which they are told of.</summary>
internal sealed class PodFacts
{
    public PodFacts(V1ObjectMeta metadata, V1PodSpec spec)
    {
        Annotations = metadata.Annotations;
        Spec = spec;
        Containers =
        [
            .. spec.InitContainers.Select(c => new Container(c.Name, c.SecurityContext, c.Ports)),
            .. spec.Containers.Select(c => new Container(c.Name, c.SecurityContext, c.Ports)),
            .. spec.EphemeralContainers.Select(c => new Container(c.Name, c.SecurityContext, c.Ports)),
        ];
    }

    public IReadOnlyDictionary<string, string> Annotations { get; }

    public V1PodSpec Spec { get; }

    public IReadOnlyList<Container> Containers { get; }

    public bool IsWindows => Spec.Os?.Name == "windows";

    /// <summary>The names of the containers for which something holds.</summary>
    public List<string> Names(Func<Container, bool> holds) => [.. Containers.Where(holds).Select(c => c.Name)];

    /// <summary>What a message is about: <c>pod and containers "a", "b"</c>; empty for nothing.</summary>
    public static string Setters(bool pod, IReadOnlyCollection<string> containers) =>
        string.Join(" and ", new[] { pod ? "pod" : "", containers.Count > 0 ? Containing(containers) : "" }.Where(s => s.Length > 0));

    /// <summary><c>container "a"</c>, <c>containers "a", "b"</c>.</summary>
    public static string Containing(IReadOnlyCollection<string> names) => $"{Plural("container", "containers", names.Count)} {Quoted(names)}";

    public static string Plural(string one, string many, int count) => count == 1 ? one : many;

    public static string Quoted(IEnumerable<string> items) => "\"" + string.Join("\", \"", items) + "\"";

    /// <summary>A container of any of the three lists.</summary>
    internal sealed record Container(string Name, V1SecurityContext? Security, IReadOnlyList<V1ContainerPort> Ports);
}
