using Gantry.Node.ContainerdApi;
using Gantry.Node.Grpc;

namespace Gantry.Node.Runtime;

/// <summary>containerd's own methods by their full names, and the namespace header that each of them wants.</summary>
internal static class ContainerdMethods
{
    /// <summary>The containerd namespace that its CRI plugin works in.</summary>
    public const string CriNamespace = "k8s.io";

    public static readonly GrpcMethod<WriteContentRequest, WriteContentResponse> Write = new("/containerd.services.content.v1.Content/Write");
    public static readonly GrpcMethod<ContentInfoRequest, ContentInfoResponse> ContentInfo = new("/containerd.services.content.v1.Content/Info");
    public static readonly GrpcMethod<AbortRequest, Empty> Abort = new("/containerd.services.content.v1.Content/Abort");
    public static readonly GrpcMethod<CreateImageRequest, CreateImageResponse> CreateImage = new("/containerd.services.images.v1.Images/Create");
    public static readonly GrpcMethod<UpdateImageRequest, UpdateImageResponse> UpdateImage = new("/containerd.services.images.v1.Images/Update");
    public static readonly GrpcMethod<CreateLeaseRequest, CreateLeaseResponse> CreateLease = new("/containerd.services.leases.v1.Leases/Create");
    public static readonly GrpcMethod<DeleteLeaseRequest, Empty> DeleteLease = new("/containerd.services.leases.v1.Leases/Delete");
    public static readonly GrpcMethod<SubscribeRequest, Envelope> Subscribe = new("/containerd.services.events.v1.Events/Subscribe");

    /// <param name="lease">The lease that keeps what the call makes from being collected; null for none.</param>
    public static GrpcCallOptions Options(string? lease = null, TimeSpan? timeout = null)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["containerd-namespace"] = CriNamespace };
        if (lease is not null)
        {
            headers["containerd-lease"] = lease;
        }

        return new GrpcCallOptions { Headers = headers, Timeout = timeout };
    }
}
