using Gantry.Api.Models;
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
/// anybody sees that it was written.
/// </summary>
internal sealed class CustomResourceTable
{
    private readonly ObjectRegistry _registry;
    private readonly ResourceTable _table;
    private readonly ILogger _log;
    private readonly Dictionary<string, Served> _served = new(StringComparer.Ordinal);

    private readonly WebhookCaller _webhooks;
    private readonly IIds _ids;

    public CustomResourceTable(ObjectRegistry registry, ResourceTable table, WebhookCaller webhooks, IIds ids, ILogger log)
    {
        _webhooks = webhooks;
        _ids = ids;
        _log = log;
        _registry = registry;
        _table = table;
    }

    /// <summary>Brings the table up to the definitions as of a revision. Never called twice at once.</summary>
    public async ValueTask ReshapeAsync(long revision, CancellationToken cancellation)
    {
        var definitions = _registry.Require(V1CustomResourceDefinition.Resource).Snapshot;
        foreach (var gone in _served.Keys.Where(name => definitions.Find("", name) is null).ToList())
        {
            Drop(gone);
        }

        foreach (var definition in definitions.Objects)
        {
            var typed = (V1CustomResourceDefinition)definition.Typed;
            if (_served.TryGetValue(definition.Name, out var known))
            {
                if (known.Uid == definition.Uid && known.Generation == typed.Metadata.Generation)
                {
                    continue;
                }

                if (known.Uid != definition.Uid)
                {
                    Drop(definition.Name);
                    known = null;
                }
            }

            try
            {
                await ServeAsync(definition, typed, known?.Cache, revision, cancellation).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // one definition that cannot be understood must not stop the feed of all
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                DefinitionLog.NotServed(_log, e, definition.Name);
            }
        }
    }

    private async ValueTask ServeAsync(
        StoredObject definition, V1CustomResourceDefinition typed, ResourceCache? cache, long revision, CancellationToken cancellation)
    {
        var tree = (TreeMap)TreeJson.Parse(definition.Json);
        var family = new CustomFamily(typed, ConversionWebhook.Of(typed.Spec.Conversion, _webhooks, _ids), definition.Revision);
        var kinds = tree.Map("spec")!.List("versions")!.OfType<TreeMap>()
            .Select(v => (Version: v, Kind: CustomKind.Of(tree, v, family))).ToList();
        if (cache is null)
        {
            var stored = kinds.First(k => k.Version["storage"] is TreeBool { Value: true }).Kind.Type;
            cache = await _registry.AddAsync(new ResourceKind(stored, static json => CustomObject.Read(json)), revision, cancellation).ConfigureAwait(false);
        }

        var resources = kinds.Where(k => k.Version["served"] is TreeBool { Value: true })
            .Select(k => new ServedResource(k.Kind.Type, cache, null, k.Kind) { OpenApiSchema = k.Kind.Source }).ToList();
        if (_served.TryGetValue(definition.Name, out var before))
        {
            foreach (var resource in before.Resources.Where(b => resources.TrueForAll(r => r.Type.Version != b.Type.Version)))
            {
                _table.Remove(resource);
            }
        }

        resources.ForEach(r => r.Versions = resources);
        resources.ForEach(_table.Add);
        _served[definition.Name] = new Served(definition.Uid, typed.Metadata.Generation, cache, resources);
    }

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

    private sealed record Served(string Uid, long Generation, ResourceCache Cache, IReadOnlyList<ServedResource> Resources);
}
