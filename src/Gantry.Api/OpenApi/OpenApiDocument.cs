using System.Security.Cryptography;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>A document as it is sent.</summary>
/// <param name="content">UTF-8 JSON, or protobuf.</param>
public sealed class OpenApiDocument(byte[] content)
{
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>A v2 document of JSON in protobuf (<c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>).</summary>
    public OpenApiDocument ToProtobuf() => new(OpenApiProtobuf.Encode((TreeMap)TreeJson.Parse(Content.Span)));

    /// <summary>The hash of the content, for conditional requests: upper-case hexadecimal, without quotes.</summary>
    public string ETag => field ??= Convert.ToHexString(SHA512.HashData(Content.Span));
}
