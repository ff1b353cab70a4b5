using System.Security.Cryptography;

namespace Gantry.Api.OpenApi;

/// <summary>A document as it is sent.</summary>
/// <param name="json">UTF-8.</param>
public sealed class OpenApiDocument(byte[] json)
{
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>The hash of the content, for conditional requests: upper-case hexadecimal, without quotes.</summary>
    public string ETag => field ??= Convert.ToHexString(SHA512.HashData(Json.Span));
}
