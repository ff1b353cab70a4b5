using System.Text.Json;
using Gantry.Api.Schemas;

namespace Gantry.Api.Models;

/// <summary>An API type with its own JSON reader and writer.</summary>
public interface IApiModel
{
    /// <summary>Writes the value as one JSON object, as a Kubernetes server prints it.</summary>
    void Write(Utf8JsonWriter writer);
}

/// <inheritdoc cref="IApiModel"/>
public interface IApiModel<TSelf> : IApiModel
    where TSelf : class, IApiModel<TSelf>
{
    /// <summary>Reads one JSON object on which the reader stands and leaves the reader at its end. Unknown members are skipped; <c>null</c> gives the empty value.</summary>
    /// <exception cref="JsonException">The JSON is malformed or not an object.</exception>
    /// <exception cref="InvalidOperationException">A member has a JSON type that its field does not take.</exception>
    static abstract TSelf Read(ref Utf8JsonReader reader);
}

/// <summary>An object that the API serves.</summary>
public interface IApiObject : IApiModel
{
    V1ObjectMeta Metadata { get; }
}

/// <inheritdoc cref="IApiObject"/>
public interface IApiObject<TSelf> : IApiObject, IApiModel<TSelf>
    where TSelf : class, IApiObject<TSelf>
{
    /// <summary>The resource under which the kind is served.</summary>
    static abstract ResourceType Resource { get; }

    /// <summary>The same object with other metadata.</summary>
    TSelf WithMetadata(V1ObjectMeta metadata);
}
