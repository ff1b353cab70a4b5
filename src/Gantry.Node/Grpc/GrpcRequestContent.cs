using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Gantry.Node.Grpc;

/// <summary>Writes each request message as it comes and flushes it, so that a duplex call is not held up by buffering.</summary>
internal sealed class GrpcRequestContent<TRequest> : HttpContent
    where TRequest : class, IMessage<TRequest>
{
    private readonly IAsyncEnumerable<TRequest> _requests;

    public GrpcRequestContent(IAsyncEnumerable<TRequest> requests)
    {
        _requests = requests;
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await foreach (var request in _requests.WithCancellation(cancellationToken))
        {
            await stream.WriteAsync(GrpcFrame.Encode(request), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
