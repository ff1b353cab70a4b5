using Gantry.Node.Cri;
using Gantry.Node.Grpc;

namespace Gantry.Node.Runtime;

/// <summary>The CRI methods by their full names.</summary>
internal static class CriMethods
{
    private const string Runtime = "/runtime.v1.RuntimeService/";
    private const string Images = "/runtime.v1.ImageService/";

    public static readonly GrpcMethod<VersionRequest, VersionResponse> Version = new(Runtime + "Version");
    public static readonly GrpcMethod<StatusRequest, StatusResponse> Status = new(Runtime + "Status");
    public static readonly GrpcMethod<RunPodSandboxRequest, RunPodSandboxResponse> RunPodSandbox = new(Runtime + "RunPodSandbox");
    public static readonly GrpcMethod<StopPodSandboxRequest, StopPodSandboxResponse> StopPodSandbox = new(Runtime + "StopPodSandbox");
    public static readonly GrpcMethod<RemovePodSandboxRequest, RemovePodSandboxResponse> RemovePodSandbox = new(Runtime + "RemovePodSandbox");
    public static readonly GrpcMethod<PodSandboxStatusRequest, PodSandboxStatusResponse> PodSandboxStatus = new(Runtime + "PodSandboxStatus");
    public static readonly GrpcMethod<ListPodSandboxRequest, ListPodSandboxResponse> ListPodSandbox = new(Runtime + "ListPodSandbox");
    public static readonly GrpcMethod<CreateContainerRequest, CreateContainerResponse> CreateContainer = new(Runtime + "CreateContainer");
    public static readonly GrpcMethod<StartContainerRequest, StartContainerResponse> StartContainer = new(Runtime + "StartContainer");
    public static readonly GrpcMethod<StopContainerRequest, StopContainerResponse> StopContainer = new(Runtime + "StopContainer");
    public static readonly GrpcMethod<RemoveContainerRequest, RemoveContainerResponse> RemoveContainer = new(Runtime + "RemoveContainer");
    public static readonly GrpcMethod<ListContainersRequest, ListContainersResponse> ListContainers = new(Runtime + "ListContainers");
    public static readonly GrpcMethod<ContainerStatusRequest, ContainerStatusResponse> ContainerStatus = new(Runtime + "ContainerStatus");
    public static readonly GrpcMethod<ExecSyncRequest, ExecSyncResponse> ExecSync = new(Runtime + "ExecSync");
    public static readonly GrpcMethod<ExecRequest, ExecResponse> Exec = new(Runtime + "Exec");
    public static readonly GrpcMethod<AttachRequest, AttachResponse> Attach = new(Runtime + "Attach");
    public static readonly GrpcMethod<PortForwardRequest, PortForwardResponse> PortForward = new(Runtime + "PortForward");
    public static readonly GrpcMethod<ReopenContainerLogRequest, ReopenContainerLogResponse> ReopenContainerLog = new(Runtime + "ReopenContainerLog");
    public static readonly GrpcMethod<ListContainerStatsRequest, ListContainerStatsResponse> ListContainerStats = new(Runtime + "ListContainerStats");
    public static readonly GrpcMethod<ListImagesRequest, ListImagesResponse> ListImages = new(Images + "ListImages");
    public static readonly GrpcMethod<ImageStatusRequest, ImageStatusResponse> ImageStatus = new(Images + "ImageStatus");
    public static readonly GrpcMethod<PullImageRequest, PullImageResponse> PullImage = new(Images + "PullImage");
    public static readonly GrpcMethod<RemoveImageRequest, RemoveImageResponse> RemoveImage = new(Images + "RemoveImage");
}
