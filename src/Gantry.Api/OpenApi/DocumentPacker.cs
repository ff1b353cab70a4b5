using System.IO.Compression;
using System.Security.Cryptography;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>Takes a document piece by piece, so that it is nowhere in memory as a whole.</summary>
internal sealed class DocumentPacker : IDisposable
{
    private const int Piece = 64 * 1024;

    private readonly MemoryStream _packed = new();
    private readonly GZipStream _gzip;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private int _length;

    public DocumentPacker()
    {
        _gzip = new GZipStream(_packed, CompressionLevel.Fastest, leaveOpen: true);
    }

    public void Add(ReadOnlySpan<byte> content)
    {
        _gzip.Write(content);
        _hash.AppendData(content);
        _length += content.Length;
    }

    /// <summary>Takes what was written so far where it is worth it.</summary>
    public void Drain(JsonOutput output, bool all = false)
    {
        if (all || output.Written.Length >= Piece)
        {
            Add(output.Written);
            output.Clear();
        }
    }

    public OpenApiDocument Finish()
    {
        _gzip.Dispose();
        return new OpenApiDocument(_packed.ToArray(), _length, Convert.ToHexString(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _gzip.Dispose();
        _packed.Dispose();
        _hash.Dispose();
    }
}
