using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.CustomResources.Conversion;
using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Writing;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.CustomResources;

/// <summary>
/// Keeps the served resources equal to the stored definitions. Called by the store's feed between two revisions, so that a definition is served before
/// anybody sees that it was written. One whose names others have is not served until they are free.
/// </summary>
internal sealed class CustomResourceTable
{
    private readonly ObjectRegistry _registry;
    private readonly ResourceTable _table;
    private readonly WebhookCaller _webhooks;
    private readonly IIds _ids;
    private readonly ILogger _log;
    private readonly CustomForms _forms = new();
    private readonly Dictionary<string, Served> _served = new(StringComparer.Ordinal);

    public CustomResourceTable(ObjectRegistry registry, ResourceTable table, WebhookCaller webhooks, IIds ids, ILogger log)
    {
        _registry = registry;
        _table = table;
        _webhooks = webhooks;
        _ids = ids;
        _log = log;
    }

    /// <summary>Serves the definitions that are there when the server starts.</summary>
    public async ValueTask BeginAsync(long revision, CancellationToken cancellation)
    {
        // Those that have their names already go first.
        foreach (var definition in _registry.Require(V1CustomResourceDefinition.Resource).Snapshot.Objects.OrderByDescending(d => DefinitionStatus.Is(DefinitionFacts.Of(d).Status, "Established")))
        {
            await ChangedAsync(definition, revision, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Brings the table up to changed definitions. Never called twice at once.</summary>
    public async ValueTask ReshapeAsync(PreparedChanges changes, long revision, CancellationToken cancellation)
    {
        foreach (var change in changes.Links)
        {
            if (change.Type == ChangeType.Deleted)
            {
                Drop(change.Object.Name);
            }
            else
            {
                await ChangedAsync(change.Object, revision, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ChangedAsync(StoredObject definition, long revision, CancellationToken cancellation)
    {
        var facts = DefinitionFacts.Of(definition);
        if (_served.TryGetValue(definition.Name, out var known) && known.Uid != definition.Uid)
        {
            Drop(definition.Name);
            known = null;
        }

        if (known is not null)
        {
            known.Family.IsTerminating = facts.IsTerminating;
        }

        var names = Names(definition, facts, known);
        if (names is null)
        {
            return;
        }

        if (known?.Generation == facts.Generation && known.Names.Equals(names) && known.StoredVersions == facts.Status.StoredVersions.Count)
        {
            // The same but for its status; what is read of it later is read of this revision, so that older ones can go.
            known.Family.Definition = definition.Json;
            return;
        }

        try
        {
            await ServeAsync(definition, DefinitionFacts.Read(definition), names, known?.Cache, revision, cancellation).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // one definition that cannot be understood must not stop the feed of all
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            DefinitionLog.NotServed(_log, e, definition.Name);
        }
    }

    // The names under which it is served; null where it is not.
    private V1CustomResourceDefinitionNames? Names(StoredObject definition, DefinitionFacts facts, Served? known)
    {
        var status = facts.Status;
        if (DefinitionStatus.Is(status, "Established") || DefinitionStatus.Is(status, "NamesAccepted"))
        {
            return status.AcceptedNames;
        }

        if (known is not null)
        {
            return known.Names;
        }

        var claims = new NameClaims();
        foreach (var other in _served.Values.Where(s => s.Group == facts.Group))
        {
            claims.Add(other.Names);
        }

        var wanted = DefinitionFacts.Read(definition).Spec.Names;
        return claims.Decide(wanted, new V1CustomResourceDefinitionNames()).Reason == "NoConflicts" ? wanted : null;
    }

    private async ValueTask ServeAsync(
        StoredObject definition, V1CustomResourceDefinition typed, V1CustomResourceDefinitionNames names, ResourceCache? cache, long revision, CancellationToken cancellation)
    {
        var family = new CustomFamily(typed, names, ConversionWebhook.Of(typed.Spec.Conversion, _webhooks, _ids), definition.Revision)
        {
            Definition = definition.Json,
            Forms = _forms,
            IsTerminating = typed.Metadata.DeletionTimestamp is not null,
        };
        var versions = ((TreeMap)TreeJson.Parse(definition.Json)).Map("spec")!.List("versions")!.OfType<TreeMap>().ToList();
        var kinds = versions.ConvertAll(v => (Version: v, Kind: CustomKind.Of(v, family)));
        kinds.ForEach(k => k.Kind.Deprecation = DeprecatedVersions.Warning(typed.Spec, k.Kind.Type.Version));
        family.IsStorageServed = versions.Exists(v => v["storage"] is TreeBool { Value: true } && v["served"] is TreeBool { Value: true });
        cache ??= await _registry.AddAsync(new ResourceKind(family.Storage.Type, static json => CustomObject.Read(json)), revision, cancellation).ConfigureAwait(false);
        var resources = kinds.Where(k => k.Version["served"] is TreeBool { Value: true } && !IsBuiltIn(k.Kind.Type))
            .Select(k => new ServedResource(k.Kind.Type, cache, null, k.Kind)).ToList();
        if (_served.TryGetValue(definition.Name, out var before))
        {
            foreach (var resource in before.Resources.Where(b => resources.TrueForAll(r => r.Type.Version != b.Type.Version)))
            {
                _table.Remove(resource);
            }
        }

        resources.ForEach(r => r.Versions = resources);
        resources.ForEach(_table.Add);
        _served[definition.Name] = new Served(
            definition.Uid, typed.Metadata.Generation, typed.Status.StoredVersions.Count, typed.Spec.Group, names, cache, resources, family);
    }

    // Groups and versions of the server itself stay what they are.
    private static bool IsBuiltIn(ResourceType type) => ApiCatalog.Resources.Any(r => r.Group == type.Group && r.Version == type.Version);

    private void Drop(string name)
    {
        if (_served.Remove(name, out var gone))
        {
            foreach (var resource in gone.Resources)
            {
                _table.Remove(resource);
            }

            _registry.Remove(gone.Cache.Kind);
        }
    }

    private sealed record Served(
        string Uid, long Generation, int StoredVersions, string Group, V1CustomResourceDefinitionNames Names, ResourceCache Cache,
        IReadOnlyList<ServedResource> Resources, CustomFamily Family);
}
