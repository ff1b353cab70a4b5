using System.Collections.Frozen;
using Gantry.Api.Schemas.Generated;

namespace Gantry.Api.Schemas;

/// <summary>The built-in resources, by the ways in which requests name them.</summary>
public static class ApiCatalog
{
    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> ByPlural =
        ApiResources.All.ToFrozenDictionary(r => (r.Group, r.Version, r.Plural));

    private static readonly FrozenDictionary<(string Group, string Version, string Kind), ResourceType> ByKind =
        ApiResources.All.ToFrozenDictionary(r => (r.Group, r.Version, r.Kind));

    public static IReadOnlyList<ResourceType> Resources => ApiResources.All;

    /// <summary>The resource with that plural, or null. <paramref name="group"/> is empty for the core group.</summary>
    public static ResourceType? Find(string group, string version, string plural) => ByPlural.GetValueOrDefault((group, version, plural));

    /// <summary>The resource that serves that kind, or null.</summary>
    public static ResourceType? FindKind(string group, string version, string kind) => ByKind.GetValueOrDefault((group, version, kind));
}
