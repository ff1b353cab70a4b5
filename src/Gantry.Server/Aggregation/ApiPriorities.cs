using Gantry.Api.Models;

namespace Gantry.Server.Aggregation;

/// <summary>How groups and versions are ranked by their registrations, custom resources and APIs of other servers among them. Immutable.</summary>
internal sealed class ApiPriorities
{
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Group, string Version), int> _versions = [];

    private ApiPriorities()
    {
    }

    public static ApiPriorities Of(IEnumerable<V1APIService> services)
    {
        var priorities = new ApiPriorities();
        foreach (var spec in services.Select(s => s.Spec))
        {
            priorities._groups[spec.Group] = Math.Max(spec.GroupPriorityMinimum, priorities._groups.GetValueOrDefault(spec.Group));
            priorities._versions[(spec.Group, spec.Version)] = spec.VersionPriority;
        }

        return priorities;
    }

    /// <summary>The most that any registration demands for the group, or the fallback where there is none.</summary>
    public int Group(string group, int fallback) => _groups.GetValueOrDefault(group, fallback);

    /// <summary>The rank of a version; 0 where it has no registration.</summary>
    public int Version(string group, string version) => _versions.GetValueOrDefault((group, version));
}
