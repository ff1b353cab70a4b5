using System.IO.Compression;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>A document as it is sent. Kept compressed, as clients take it: with many custom resources it is tens of megabytes that are seldom asked for.</summary>
public sealed class OpenApiDocument
{
    private readonly byte[] _gzip;

    internal OpenApiDocument(byte[] gzip, int length, string tag)
    {
        (_gzip, Length, ETag) = (gzip, length, tag);
    }

    /// <summary>The content in the gzip format.</summary>
    public ReadOnlyMemory<byte> Gzip => _gzip;

    /// <summary>How many bytes the content is.</summary>
    public int Length { get; }

    /// <summary>The hash of the content, for conditional requests: upper-case hexadecimal, without quotes.</summary>
    public string ETag { get; }

    /// <summary>The content as a whole: UTF-8 JSON, or protobuf. Made anew each time.</summary>
    public ReadOnlyMemory<byte> Content
    {
        get
        {
            var content = new byte[Length];
            using var source = Open();
            source.ReadExactly(content);
            return content;
        }
    }

    /// <param name="content">UTF-8 JSON, or protobuf.</param>
    public static OpenApiDocument Of(ReadOnlySpan<byte> content)
    {
        using var packer = new DocumentPacker();
        packer.Add(content);
        return packer.Finish();
    }

    /// <summary>Reads the content piece by piece.</summary>
    public Stream Open() => new GZipStream(new MemoryStream(_gzip, writable: false), CompressionMode.Decompress);

    /// <summary>A v2 document of JSON in protobuf (<c>application/com.github.proto-openapi.spec.v2@v1.0+protobuf</c>).</summary>
    public OpenApiDocument ToProtobuf() => Of(OpenApiProtobuf.Encode((TreeMap)TreeJson.Parse(Content.Span)));
}
