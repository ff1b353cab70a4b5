using Gantry.Api.Models;
using Gantry.Api.Schemas;

namespace Gantry.Server.Registry;

/// <summary>Decodes the canonical JSON of one kind.</summary>
public delegate IApiObject ObjectDecoder(ReadOnlySpan<byte> json);

/// <summary>A served resource together with what the server knows how to do with it. Built-in kinds and custom resources look the same from here.</summary>
public sealed class ResourceKind
{
    public ResourceKind(ResourceType type, ObjectDecoder decode)
    {
        Type = type;
        Decode = decode;
        KeyPrefix = $"/registry/{(type.Group.Length == 0 ? "core" : type.Group)}/{type.Plural}/";
    }

    public ResourceType Type { get; }

    public ObjectDecoder Decode { get; }

    /// <summary>Whether typed objects are so large that those of older revisions are not kept.</summary>
    public bool IsHeavy { get; init; }

    /// <summary>Where its objects are in the store.</summary>
    public string KeyPrefix { get; }

    /// <summary>The key of one object in the store.</summary>
    public string StoreKey(string ns, string name) => KeyPrefix + StoredObject.KeyOf(ns, name);

    public override string ToString() => Type.ToString();
}
