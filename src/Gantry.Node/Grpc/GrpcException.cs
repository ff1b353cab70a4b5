namespace Gantry.Node.Grpc;

/// <summary>A gRPC call that did not end with status OK: the peer's code and its words.</summary>
public sealed class GrpcException : Exception
{
    public GrpcException(GrpcStatusCode code, string detail, Exception? inner = null) : base(detail, inner)
    {
        Code = code;
    }

    public GrpcStatusCode Code { get; }

    /// <summary>The words as Go clients print them, which is what Kubernetes users know from events.</summary>
    public string RpcText => $"rpc error: code = {Code} desc = {Message}";
}
