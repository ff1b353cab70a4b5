using System.Collections.Frozen;
using System.Collections.Immutable;
using Gantry.Api.Schemas;

namespace Gantry.Server.Handling;

/// <summary>The served resources by the parts of their paths. Readers take no lock; custom resources come and go while the server runs.</summary>
public sealed class ResourceTable
{
    private static readonly FrozenSet<(string Group, string Version)> BuiltIn = ApiCatalog.Resources.Select(r => (r.Group, r.Version)).ToFrozenSet();

    private ImmutableDictionary<(string Group, string Version, string Plural), ServedResource> _resources =
        ImmutableDictionary<(string, string, string), ServedResource>.Empty;

    /// <summary>Every served resource, in no particular order.</summary>
    public IEnumerable<ServedResource> All => _resources.Values;

    /// <summary>What is served now; another one as soon as that changes.</summary>
    internal ImmutableDictionary<(string Group, string Version, string Plural), ServedResource> Snapshot => _resources;

    public ServedResource? Find(string group, string version, string plural) => _resources.GetValueOrDefault((group, version, plural));

    /// <summary>Whether built-in kinds are served in that version, whose paths say of what they do not know that it is no resource.</summary>
    public static bool HasBuiltIn(string group, string version) => BuiltIn.Contains((group, version));

    public void Add(ServedResource resource) =>
        ImmutableInterlocked.AddOrUpdate(ref _resources, (resource.Type.Group, resource.Type.Version, resource.Type.Plural), resource, (_, _) => resource);

    public void Remove(ServedResource resource) =>
        ImmutableInterlocked.TryRemove(ref _resources, (resource.Type.Group, resource.Type.Version, resource.Type.Plural), out _);
}
