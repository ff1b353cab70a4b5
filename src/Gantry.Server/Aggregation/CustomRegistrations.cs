using Gantry.Api.Models;
using Gantry.Server.CustomResources;

namespace Gantry.Server.Aggregation;

/// <summary>The APIServices that custom resources need; pure.</summary>
internal static class CustomRegistrations
{
    internal const string Automanaged = "kube-aggregator.kubernetes.io/automanaged";
    private const int GroupPriority = 1000;
    private const int VersionPriority = 100;

    /// <summary>What is to be made, what to be as it was, and the names of what is to go. Registrations that people made are theirs.</summary>
    public static (IReadOnlyList<V1APIService> Missing, IReadOnlyList<V1APIService> Changed, IReadOnlyList<string> Surplus) Plan(
        IReadOnlyList<DefinitionFacts> definitions, IReadOnlyList<V1APIService> registered)
    {
        var wanted = definitions
            .Where(d => DefinitionStatus.Is(d.Status, "Established"))
            .SelectMany(d => d.Served.Select(v => (d.Group, Version: v)))
            .ToHashSet();
        var known = registered.Select(r => r.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        return (
            [.. wanted.Where(w => !known.Contains(Name(w))).OrderBy(Name, StringComparer.Ordinal).Select(Registration)],
            [.. registered
                .Where(r => IsKept(r) && wanted.Contains((r.Spec.Group, r.Spec.Version)) && !r.Spec.Equals(Registration((r.Spec.Group, r.Spec.Version)).Spec))
                .Select(r => r with { Spec = Registration((r.Spec.Group, r.Spec.Version)).Spec })],
            [.. registered.Where(r => IsKept(r) && !wanted.Contains((r.Spec.Group, r.Spec.Version))).Select(r => r.Metadata.Name)]);
    }

    private static bool IsKept(V1APIService registered) =>
        registered.Metadata.Labels.GetValueOrDefault(Automanaged) == "true" && registered.Metadata.DeletionTimestamp is null;

    private static string Name((string Group, string Version) api) => api.Version + "." + api.Group;

    private static V1APIService Registration((string Group, string Version) api) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = Name(api), Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [Automanaged] = "true" },
        },
        Spec = new V1APIServiceSpec { Group = api.Group, Version = api.Version, GroupPriorityMinimum = GroupPriority, VersionPriority = VersionPriority },
    };
}
