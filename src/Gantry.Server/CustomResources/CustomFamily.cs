using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Conversion;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>
/// All versions of one definition: how objects that are kept in one of them are seen in another. What is made of a kept object is kept beside it, so that
/// nobody is asked twice about the same revision.
/// </summary>
internal sealed class CustomFamily
{
    private readonly Dictionary<string, CustomKind> _kinds = new(StringComparer.Ordinal);
    private readonly ConversionWebhook? _webhook;
    private readonly bool _alone;
    private readonly long _since;

    /// <param name="definition">The definition.</param>
    /// <param name="names">The names under which it is served.</param>
    /// <param name="webhook">Who converts; null where versions differ in their name alone.</param>
    /// <param name="since">The revision from which on objects are written by this definition.</param>
    public CustomFamily(V1CustomResourceDefinition definition, V1CustomResourceDefinitionNames names, ConversionWebhook? webhook, long since)
    {
        Group = definition.Spec.Group;
        Namespaced = definition.Spec.Scope == "Namespaced";
        Names = names;
        Fingerprint = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{definition.Metadata.Uid}/{definition.Metadata.Generation}");
        IsRevised = definition.Metadata.Generation > 1;
        _webhook = webhook;
        _since = since;
        _alone = definition.Spec.Versions.Count == 1 && definition.Status.StoredVersions.Count <= 1;
    }

    public string Group { get; }

    /// <summary>Whether the definition has said something else before.</summary>
    public bool IsRevised { get; }

    public bool Namespaced { get; }

    public V1CustomResourceDefinitionNames Names { get; }

    /// <summary>What tells this state of the definition from any other.</summary>
    public string Fingerprint { get; }

    /// <summary>The definition as JSON: schemas are read of it when they are needed.</summary>
    public byte[] Definition { get; set; } = [];

    /// <summary>What discovery tells forms of storage apart by; empty where the version that objects are kept in is not served.</summary>
    public string StorageHash => field ??= IsStorageServed
        ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{Group}/{Storage.Type.Version}/{Storage.Type.Kind}")).AsSpan(0, 8)) : "";

    /// <summary>Whether the version that objects are kept in is served.</summary>
    public bool IsStorageServed { get; set; }

    /// <summary>Who keeps what is made of schemas.</summary>
    public required CustomForms Forms { get; init; }

    /// <summary>Whether the definition is on its way out, so that nothing new is taken in.</summary>
    public bool IsTerminating { get; set; }

    /// <summary>Whether seeing an object in another version may take a while.</summary>
    public bool IsRemote => _webhook is not null && !_alone;

    /// <summary>The version that objects are written in.</summary>
    public CustomKind Storage { get; private set; } = null!;

    public void Add(CustomKind kind, bool storage)
    {
        _kinds[kind.Type.ApiVersion] = kind;
        Storage = storage ? kind : Storage;
    }

    /// <summary>A kept object in a version, as JSON with its resourceVersion.</summary>
    /// <exception cref="InvalidOperationException">A webhook would have to be asked: <see cref="ReadyAsync"/> goes first.</exception>
    public byte[] Json(CustomKind target, StoredObject value)
    {
        if (_alone && value.Revision > _since)
        {
            return value.Json;
        }

        if (value.View(target) is { } known)
        {
            return known;
        }

        var tree = Read(value);
        if (tree.Text("apiVersion") != target.Type.ApiVersion)
        {
            if (IsRemote)
            {
                throw new InvalidOperationException($"{value.Key} has not been converted to {target.Type.ApiVersion}");
            }

            tree["apiVersion"] = target.Type.ApiVersion;
            target.Trim(tree);
        }

        return value.Keep(target, TreeEncoder.Encode(target.Type.Schema, tree));
    }

    /// <summary>The same, or where a webhook would have to be asked the object as it is kept: for those who look before they ask.</summary>
    public byte[] Seen(CustomKind target, StoredObject value) => IsRemote ? value.View(target) ?? value.Json : Json(target, value);

    /// <summary>Sees to it that objects can be seen in a version.</summary>
    /// <returns>Why not, or null.</returns>
    public async ValueTask<ApiStatus?> ReadyAsync(CustomKind target, IReadOnlyList<StoredObject> values, CancellationToken cancellation)
    {
        if (!IsRemote)
        {
            return null;
        }

        List<StoredObject>? waiting = null;
        List<TreeMap>? trees = null;
        foreach (var value in values)
        {
            if (value.View(target) is not null)
            {
                continue;
            }

            var tree = Read(value);
            if (tree.Text("apiVersion") == target.Type.ApiVersion)
            {
                value.Keep(target, TreeEncoder.Encode(target.Type.Schema, tree));
                continue;
            }

            (waiting ??= []).Add(value);
            (trees ??= []).Add(tree);
        }

        if (waiting is null)
        {
            return null;
        }

        var (converted, refusal) = await ConvertAsync(target, trees!, cancellation).ConfigureAwait(false);
        for (var i = 0; i < converted.Count; i++)
        {
            waiting[i].Keep(target, TreeEncoder.Encode(target.Type.Schema, converted[i]));
        }

        return refusal;
    }

    /// <summary>An object of one version in another.</summary>
    /// <param name="target">The other version.</param>
    /// <param name="value">Not changed.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<(TreeMap? Value, ApiStatus? Refusal)> ConvertAsync(CustomKind target, TreeMap value, CancellationToken cancellation)
    {
        if (value.Text("apiVersion") == target.Type.ApiVersion)
        {
            return (value, null);
        }

        // Of an object that says nothing, nobody needs to be asked.
        if (value.Count == 2)
        {
            return (Rename(target, value), null);
        }

        var (converted, refusal) = await ConvertAsync(target, [value], cancellation).ConfigureAwait(false);
        return converted.Count == 0 ? (null, refusal) : (converted[0], null);
    }

    /// <summary>The same where versions differ in their name alone.</summary>
    public static TreeMap Rename(CustomKind target, TreeMap value)
    {
        var renamed = (TreeMap)value.DeepClone();
        renamed["apiVersion"] = target.Type.ApiVersion;
        target.Trim(renamed);
        return renamed;
    }

    private async ValueTask<(IReadOnlyList<TreeMap> Converted, ApiStatus? Refusal)> ConvertAsync(CustomKind target, IReadOnlyList<TreeMap> values, CancellationToken cancellation)
    {
        if (_webhook is null)
        {
            return ([.. values.Select(v => Rename(target, v))], null);
        }

        var (converted, refusal) = await _webhook.ConvertAsync(values, target.Type.ApiVersion, cancellation).ConfigureAwait(false);
        foreach (var value in converted)
        {
            target.Trim(value);
        }

        return (converted, refusal);
    }

    // A kept object with what its version's schema says today.
    private TreeMap Read(StoredObject value)
    {
        var tree = TreeDecoder.Decode(Storage.Type.Schema, value.Json, FieldValidation.Ignore).Object
            ?? throw new InvalidDataException($"the stored {value.Kind} {value.Key} cannot be read");
        _kinds.GetValueOrDefault(tree.Text("apiVersion") ?? "")?.Complete(tree);
        return tree;
    }
}
