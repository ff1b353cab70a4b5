using Google.Protobuf;

namespace Gantry.Node.Grpc;

/// <summary>A method's full path ("/package.Service/Method") together with its message types.</summary>
public readonly record struct GrpcMethod<TRequest, TResponse>(string Path)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>, new();
