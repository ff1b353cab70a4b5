using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Http;

/// <summary>
/// Writes the body of an answer to a client that takes gzip: compressed when it is longer than <see cref="Threshold"/>, else as it is. At most about
/// the threshold is held back until that is known; from then on everything is compressed as it comes.
/// </summary>
internal sealed class GzipWriter : PipeWriter, IDisposable
{
    /// <summary>The longest body, in bytes, that is sent as it is.</summary>
    public const int Threshold = 128 * 1024;

    private readonly HttpResponse _response;
    private byte[] _held = ArrayPool<byte>.Shared.Rent(Threshold + (64 * 1024));
    private int _count;
    private GZipStream? _gzip;
    private Output? _output;

    public GzipWriter(HttpResponse response)
    {
        _response = response;
    }

    /// <summary>Whether the client says that it takes gzip; as other servers of this API read it, without a quality.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        foreach (var header in request.Headers.AcceptEncoding)
        {
            foreach (var coding in header.AsSpan().Split(','))
            {
                if (header.AsSpan()[coding].Trim().SequenceEqual("gzip"))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public override void Advance(int bytes) => _count += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_held.Length - _count < needed && _count > Threshold)
        {
            Compress();
        }

        if (_held.Length - _count < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_held.Length, _count + needed));
            _held.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_held);
            _held = larger;
        }

        return _held.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Sends what is compressed so far; nothing as long as the answer may still be short.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_gzip is null && _count <= Threshold)
        {
            return new ValueTask<FlushResult>(default(FlushResult));
        }

        Compress();
        return _response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Ends the body and sends what is left of it.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_gzip is null && _count <= Threshold)
        {
            _response.BodyWriter.Write(_held.AsSpan(0, _count));
            _count = 0;
        }
        else
        {
            Compress();
            await _gzip!.DisposeAsync().ConfigureAwait(false);
        }

        await _response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
    }

    public override void CancelPendingFlush() => _response.BodyWriter.CancelPendingFlush();

    /// <summary>The answer's own writer stays open; <see cref="FinishAsync"/> ends the body.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>Lets go of the buffers. A body that was not finished gets no end.</summary>
    public void Dispose()
    {
        _output?.Close();
        _gzip?.Dispose();
        if (_held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_held);
            _held = [];
        }
    }

    private void Compress()
    {
        if (_gzip is null)
        {
            var headers = _response.Headers;
            _response.ContentLength = null;
            headers.ContentEncoding = "gzip";
            headers.Vary = StringValues.Concat(headers.Vary, "Accept-Encoding");
            _output = new Output(_response.BodyWriter);
            _gzip = new GZipStream(_output, CompressionLevel.Fastest);
        }

        _gzip.Write(_held.AsSpan(0, _count));
        _count = 0;
    }

    // Where the compressor puts its bytes: in the memory of the answer's writer, which is flushed from outside. So no write ever waits.
    private sealed class Output(PipeWriter writer) : Stream
    {
        private bool _closed;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => !_closed;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_closed)
            {
                writer.Write(buffer);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _closed = true;
            base.Dispose(disposing);
        }
    }
}
