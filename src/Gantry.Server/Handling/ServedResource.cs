using Gantry.Api.Schemas;
using Gantry.Server.Registry;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>A resource at one version, with its storage. Versions of one resource share the storage of one of them.</summary>
public sealed class ServedResource
{
    public ServedResource(ResourceType type, ResourceCache cache, IVersionConversion? conversion = null)
    {
        Type = type;
        Cache = cache;
        Conversion = conversion;
        Strategy = KindStrategy.Of(cache.Kind.Type);
    }

    /// <summary>The kind as clients see it.</summary>
    public ResourceType Type { get; }

    public ResourceCache Cache { get; }

    /// <summary>Between the served and the stored version; null where they are the same.</summary>
    public IVersionConversion? Conversion { get; }

    public KindStrategy Strategy { get; }

    /// <summary>The version in which objects are stored, defaulted, admitted and validated.</summary>
    public ResourceKind Stored => Cache.Kind;

    /// <summary>An object's JSON in the served version.</summary>
    public ReadOnlyMemory<byte> Json(StoredObject value) => Conversion is null ? value.Json : Conversion.Serve(value.Json.AsSpan());

    /// <summary>JSON of the stored version in the served one.</summary>
    public ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> stored) => Conversion is null ? stored : Conversion.Serve(stored.Span);
}
