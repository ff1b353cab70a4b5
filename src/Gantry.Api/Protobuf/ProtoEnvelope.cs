namespace Gantry.Api.Protobuf;

/// <summary>What is around every object in Kubernetes' protobuf.</summary>
/// <param name="ApiVersion">Such as <c>apps/v1</c>; may be empty.</param>
/// <param name="Kind">May be empty.</param>
/// <param name="Message">The object's own message, or JSON where <paramref name="ContentType"/> says so.</param>
/// <param name="ContentType">Empty for protobuf.</param>
public readonly record struct ProtoEnvelope(string ApiVersion, string Kind, ReadOnlyMemory<byte> Message, string ContentType);
