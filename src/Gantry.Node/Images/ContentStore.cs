using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Gantry.Node.ContainerdApi;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Google.Protobuf;

namespace Gantry.Node.Images;

/// <summary>Writes blobs and image records into containerd under a lease, so that nothing is collected before it is referenced.</summary>
internal sealed class ContentStore
{
    private const int Chunk = 1 << 20;

    private readonly IGrpcChannel _channel;
    private readonly string _lease;

    public ContentStore(IGrpcChannel channel, string lease)
    {
        _channel = channel;
        _lease = lease;
    }

    public async Task OpenLeaseAsync(DateTimeOffset expires, CancellationToken ct)
    {
        var request = new CreateLeaseRequest { Id = _lease };
        request.Labels["containerd.io/gc.expire"] = expires.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await _channel.UnaryAsync(ContainerdMethods.CreateLease, request, ContainerdMethods.Options(), ct);
    }

    public Task CloseLeaseAsync(CancellationToken ct) =>
        _channel.UnaryAsync(ContainerdMethods.DeleteLease, new DeleteLeaseRequest { Id = _lease }, ContainerdMethods.Options(), ct);

    public async Task WriteAsync(byte[] content, string digest, IReadOnlyDictionary<string, string> labels, CancellationToken ct)
    {
        var request = new WriteContentRequest
        {
            Action = WriteAction.Commit,
            Ref = "gantry-" + digest,
            Expected = digest,
            Total = content.Length,
            Data = ByteString.CopyFrom(content),
        };
        foreach (var (key, value) in labels)
        {
            request.Labels[key] = value;
        }

        await SendAsync(OneAsync(request), ct);
    }

    /// <summary>Streams a blob of known size into the store and returns its digest.</summary>
    public async Task<string> WriteAsync(Stream content, long size, string reference, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await SendAsync(ChunksAsync(content, size, "gantry-" + reference, hash, ct), ct);
        return "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public async Task TagAsync(string name, BlobDescriptor target, CancellationToken ct)
    {
        var image = new StoredImage { Name = name, Target = target };
        try
        {
            await _channel.UnaryAsync(ContainerdMethods.CreateImage, new CreateImageRequest { Image = image }, ContainerdMethods.Options(_lease), ct);
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.AlreadyExists)
        {
            await _channel.UnaryAsync(ContainerdMethods.UpdateImage, new UpdateImageRequest { Image = image }, ContainerdMethods.Options(_lease), ct);
        }
    }

    private static async IAsyncEnumerable<WriteContentRequest> ChunksAsync(
        Stream content, long size, string reference, IncrementalHash hash, [EnumeratorCancellation] CancellationToken ct)
    {
        var offset = 0L;
        var buffer = new byte[Chunk];
        while (offset < size)
        {
            var count = (int)Math.Min(Chunk, size - offset);
            await content.ReadExactlyAsync(buffer.AsMemory(0, count), ct);
            hash.AppendData(buffer, 0, count);
            yield return new WriteContentRequest
            {
                Action = WriteAction.Write,
                Ref = reference,
                Offset = offset,
                Data = ByteString.CopyFrom(buffer, 0, count),
            };
            offset += count;
        }

        yield return new WriteContentRequest { Action = WriteAction.Commit, Ref = reference, Offset = offset, Total = size };
    }

    private static async IAsyncEnumerable<T> OneAsync<T>(T item)
    {
        await Task.CompletedTask;
        yield return item;
    }

    private async Task SendAsync(IAsyncEnumerable<WriteContentRequest> requests, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in _channel.StreamAsync(ContainerdMethods.Write, requests, ContainerdMethods.Options(_lease), ct))
            {
                // Each answer is a progress note; the status at the end is what counts.
            }
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.AlreadyExists)
        {
            // The same bytes are there already, and now belong to our lease too.
        }
    }
}
