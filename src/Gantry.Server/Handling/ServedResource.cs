using Gantry.Api.Apply;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>
/// A resource at one version, with its storage. Versions of one resource share the storage of one of them: objects are decoded, defaulted, admitted and
/// validated in the version in which they come, and only kept in the other.
/// </summary>
public sealed class ServedResource
{
    public ServedResource(ResourceType type, ResourceCache cache, IVersionConversion? conversion = null, CustomKind? custom = null)
    {
        Type = type;
        Cache = cache;
        Conversion = conversion;
        Custom = custom;
        Strategy = custom is null ? KindStrategy.Of(type) : KindStrategy.OfCustom(type);
    }

    /// <summary>The kind as clients see it.</summary>
    public ResourceType Type { get; }

    public ResourceCache Cache { get; }

    /// <summary>Between the served and the stored version; null where they are the same.</summary>
    public IVersionConversion? Conversion { get; }

    public KindStrategy Strategy { get; }

    /// <summary>What the definition of a custom resource says; null for built-in kinds.</summary>
    public CustomKind? Custom { get; }

    public ResourceKind Stored => Cache.Kind;

    /// <summary>What the field manager knows about the kind in this version.</summary>
    internal ManagedType Managed => Custom?.Managed ?? (field ??= ManagedType.Of(Type));

    /// <summary>Every served version of the resource, this one too; empty where it is the only one.</summary>
    internal IReadOnlyList<ServedResource> Versions { get; set; } = [];

    /// <summary>Whether objects are kept in this version, so that seeing them costs nothing.</summary>
    internal bool IsStorage => Conversion is null && Custom is null or { IsStorage: true };

    /// <summary>An object of one of the versions in another one, or null where that is not served.</summary>
    /// <param name="value">Not changed; of this version where it does not say of which.</param>
    /// <param name="apiVersion">The other version.</param>
    /// <param name="subresource">What is being written.</param>
    internal VersionedObject? InVersion(TreeMap value, string apiVersion, string subresource)
    {
        if (Versions.FirstOrDefault(v => v.Type.ApiVersion == apiVersion) is not { } other)
        {
            return null;
        }

        TreeMap served;
        if (other.Custom is { } custom)
        {
            served = CustomFamily.Rename(custom, value);
        }
        else
        {
            var copy = (TreeMap)value.DeepClone();
            var from = Versions.FirstOrDefault(v => v.Type.ApiVersion == value.Text("apiVersion")) ?? this;
            var stored = from.Conversion is null ? copy : from.Conversion.Bare(copy);
            served = other.Conversion is null ? stored : other.Conversion.Serve(stored);
        }

        return new VersionedObject(other.Managed.Shape, Canonical.Of(other.Type.Schema, served), ResetFields.Of(other.Type, subresource));
    }

    /// <summary>Sees to it that kept objects can be seen in this version: where a webhook converts them, it is asked about those it has not been asked about.</summary>
    /// <param name="values">The objects.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why they cannot be seen, or null.</returns>
    internal ValueTask<ApiStatus?> ReadyAsync(IReadOnlyList<StoredObject> values, CancellationToken cancellation) =>
        Custom is null ? default : Custom.Family.ReadyAsync(Custom, values, cancellation);

    /// <inheritdoc cref="ReadyAsync(IReadOnlyList{StoredObject}, CancellationToken)"/>
    internal ValueTask<ApiStatus?> ReadyAsync(StoredObject? value, CancellationToken cancellation) =>
        value is null || Custom is not { Family.IsRemote: true } ? default : ReadyAsync([value], cancellation);

    /// <summary>An object's JSON in the served version, with its resourceVersion.</summary>
    public ReadOnlyMemory<byte> Json(StoredObject value) =>
        Custom is not null ? Custom.Family.Json(Custom, value) : Conversion is null ? value.Json : TreeEncoder.Encode(Type.Schema, Tree(value));

    /// <summary>An object as a tree of the served version, the caller's own, with its resourceVersion.</summary>
    public TreeMap Tree(StoredObject value)
    {
        var json = Custom is null ? value.Json : Custom.Family.Json(Custom, value);
        var tree = TreeDecoder.Decode(Stored.Type.Schema, json, FieldValidation.Ignore).Object
            ?? throw new InvalidDataException($"the stored {Stored} {value.Key} cannot be read");
        return Conversion is null ? tree : Conversion.Serve(tree);
    }

    /// <summary>The typed view in the served version.</summary>
    public IApiObject Typed(StoredObject value) => Custom is not null
        ? Custom.Family.Json(Custom, value) is var json && ReferenceEquals(json, value.Json) ? (IApiObject)value.Typed : CustomObject.Read(json)
        : Conversion is null ? (IApiObject)value.Typed : Decode(Json(value).Span);

    /// <summary>JSON of the served version as a typed object.</summary>
    public IApiObject Decode(ReadOnlySpan<byte> json) => Custom is not null ? CustomObject.Read(json) : Conversion is null ? Stored.Decode(json)
        : ApiModels.Decode(Type, json) as IApiObject ?? throw new InvalidOperationException($"{Type} has no typed model");

    /// <summary>What is kept of an object of the served version.</summary>
    /// <param name="value">In canonical form, without resourceVersion.</param>
    /// <param name="json">The same as JSON.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async ValueTask<(byte[] Kept, ApiStatus? Refusal)> KeepAsync(TreeMap value, byte[] json, CancellationToken cancellation)
    {
        if (IsStorage)
        {
            return (json, null);
        }

        if (Custom is null)
        {
            return (TreeEncoder.Encode(Stored.Type.Schema, Conversion!.Store((TreeMap)value.DeepClone())), null);
        }

        var (kept, refusal) = await Custom.Family.ConvertAsync(Custom.Family.Storage, value, cancellation).ConfigureAwait(false);
        return kept is null ? ([], refusal) : (TreeEncoder.Encode(Stored.Type.Schema, kept), null);
    }
}
