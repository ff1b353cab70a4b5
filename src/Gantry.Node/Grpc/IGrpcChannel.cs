using Google.Protobuf;

namespace Gantry.Node.Grpc;

/// <summary>
/// The seam behind which gRPC lives. Failures of the peer and of the connection alike come as <see cref="GrpcException"/>
/// (a lost connection is <see cref="GrpcStatusCode.Unavailable"/>); cancellation by the caller stays an OperationCanceledException.
/// </summary>
public interface IGrpcChannel : IDisposable
{
    Task<TResponse> UnaryAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken ct)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new();

    /// <summary>Sends every request of the sequence and yields every response; the two directions run independently.</summary>
    IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, IAsyncEnumerable<TRequest> requests, GrpcCallOptions options, CancellationToken ct)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new();
}
