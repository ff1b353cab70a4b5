using System.Security.Cryptography;

namespace Gantry.Api.OpenApi;

/// <summary>A document as it is sent.</summary>
/// <param name="content">UTF-8 JSON, or protobuf.</param>
public sealed class OpenApiDocument(byte[] content)
{
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>The hash of the content, for conditional requests: upper-case hexadecimal, without quotes.</summary>
    public string ETag => field ??= Convert.ToHexString(SHA512.HashData(Content.Span));
}
