using System.Runtime.CompilerServices;
using Gantry.Node.ContainerdApi;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Google.Protobuf;

namespace Gantry.Node.Runtime;

/// <summary>containerd through CRI v1, with its event feed beside it (CRI's own events do not exist in 1.6).</summary>
public sealed class CriRuntime : IContainerRuntime
{
    /// <summary>The label that carries the pod's uid on sandboxes and containers; the name other tools look for.</summary>
    public const string PodUidLabel = "io.kubernetes.pod.uid";

    // Long enough for a busy disk, short enough that a hung runtime shows.
    private static readonly TimeSpan Ordinary = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pull = TimeSpan.FromMinutes(30);

    private readonly IGrpcChannel _channel;

    public CriRuntime(IGrpcChannel channel)
    {
        _channel = channel;
    }

    public Task<VersionResponse> VersionAsync(CancellationToken ct) => CallAsync(CriMethods.Version, new VersionRequest { Version = "v1" }, Ordinary, ct);

    public async Task<RuntimeStatus> StatusAsync(CancellationToken ct) =>
        (await CallAsync(CriMethods.Status, new StatusRequest(), Ordinary, ct)).Status;

    public async Task<string> RunSandboxAsync(PodSandboxConfig config, CancellationToken ct) =>
        (await CallAsync(CriMethods.RunPodSandbox, new RunPodSandboxRequest { Config = config }, Ordinary, ct)).PodSandboxId;

    public Task StopSandboxAsync(string id, CancellationToken ct) =>
        UnlessAbsentAsync(CallAsync(CriMethods.StopPodSandbox, new StopPodSandboxRequest { PodSandboxId = id }, Ordinary, ct));

    public Task RemoveSandboxAsync(string id, CancellationToken ct) =>
        UnlessAbsentAsync(CallAsync(CriMethods.RemovePodSandbox, new RemovePodSandboxRequest { PodSandboxId = id }, Ordinary, ct));

    public async Task<PodSandboxStatus?> SandboxStatusAsync(string id, CancellationToken ct) =>
        (await OrNullAsync(CallAsync(CriMethods.PodSandboxStatus, new PodSandboxStatusRequest { PodSandboxId = id }, Ordinary, ct)))?.Status;

    public async Task<IReadOnlyList<PodSandbox>> ListSandboxesAsync(string? podUid, CancellationToken ct)
    {
        var filter = new PodSandboxFilter();
        if (podUid is not null)
        {
            filter.LabelSelector[PodUidLabel] = podUid;
        }

        return (await CallAsync(CriMethods.ListPodSandbox, new ListPodSandboxRequest { Filter = filter }, Ordinary, ct)).Items;
    }

    public async Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, PodSandboxConfig sandbox, CancellationToken ct)
    {
        var request = new CreateContainerRequest { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandbox };
        return (await CallAsync(CriMethods.CreateContainer, request, Ordinary, ct)).ContainerId;
    }

    public Task StartContainerAsync(string id, CancellationToken ct) =>
        CallAsync(CriMethods.StartContainer, new StartContainerRequest { ContainerId = id }, Ordinary, ct);

    public Task StopContainerAsync(string id, TimeSpan grace, CancellationToken ct)
    {
        var request = new StopContainerRequest { ContainerId = id, Timeout = (long)Math.Ceiling(grace.TotalSeconds) };
        return UnlessAbsentAsync(CallAsync(CriMethods.StopContainer, request, grace + Ordinary, ct));
    }

    public Task RemoveContainerAsync(string id, CancellationToken ct) =>
        UnlessAbsentAsync(CallAsync(CriMethods.RemoveContainer, new RemoveContainerRequest { ContainerId = id }, Ordinary, ct));

    public async Task<IReadOnlyList<Container>> ListContainersAsync(string? podUid, CancellationToken ct)
    {
        var filter = new ContainerFilter();
        if (podUid is not null)
        {
            filter.LabelSelector[PodUidLabel] = podUid;
        }

        return (await CallAsync(CriMethods.ListContainers, new ListContainersRequest { Filter = filter }, Ordinary, ct)).Containers;
    }

    public async Task<ContainerStatus?> ContainerStatusAsync(string id, CancellationToken ct) =>
        (await OrNullAsync(CallAsync(CriMethods.ContainerStatus, new ContainerStatusRequest { ContainerId = id }, Ordinary, ct)))?.Status;

    public async Task<IReadOnlyList<ContainerStats>> StatsAsync(CancellationToken ct) =>
        (await CallAsync(CriMethods.ListContainerStats, new ListContainerStatsRequest(), Ordinary, ct)).Stats;

    public Task<ExecSyncResponse> ExecSyncAsync(string id, IEnumerable<string> command, TimeSpan limit, CancellationToken ct)
    {
        var request = new ExecSyncRequest { ContainerId = id, Timeout = (long)Math.Ceiling(limit.TotalSeconds) };
        request.Cmd.Add(command);
        return CallAsync(CriMethods.ExecSync, request, limit > TimeSpan.Zero ? limit + TimeSpan.FromSeconds(5) : null, ct);
    }

    public async Task<string> ExecUrlAsync(ExecRequest request, CancellationToken ct) => (await CallAsync(CriMethods.Exec, request, Ordinary, ct)).Url;

    public async Task<string> AttachUrlAsync(AttachRequest request, CancellationToken ct) => (await CallAsync(CriMethods.Attach, request, Ordinary, ct)).Url;

    public async Task<string> PortForwardUrlAsync(PortForwardRequest request, CancellationToken ct) =>
        (await CallAsync(CriMethods.PortForward, request, Ordinary, ct)).Url;

    public Task ReopenLogAsync(string id, CancellationToken ct) =>
        CallAsync(CriMethods.ReopenContainerLog, new ReopenContainerLogRequest { ContainerId = id }, Ordinary, ct);

    public async Task<IReadOnlyList<Image>> ListImagesAsync(CancellationToken ct) =>
        (await CallAsync(CriMethods.ListImages, new ListImagesRequest(), Ordinary, ct)).Images;

    public async Task<Image?> ImageStatusAsync(string reference, CancellationToken ct)
    {
        var request = new ImageStatusRequest { Image = new ImageSpec { Image = reference } };
        return (await CallAsync(CriMethods.ImageStatus, request, Ordinary, ct)).Image;
    }

    public async Task<string> PullImageAsync(string reference, AuthConfig? credentials, PodSandboxConfig? sandbox, CancellationToken ct)
    {
        var request = new PullImageRequest { Image = new ImageSpec { Image = reference }, Auth = credentials, SandboxConfig = sandbox };
        return (await CallAsync(CriMethods.PullImage, request, Pull, ct)).ImageRef;
    }

    public Task RemoveImageAsync(string reference, CancellationToken ct) =>
        CallAsync(CriMethods.RemoveImage, new RemoveImageRequest { Image = new ImageSpec { Image = reference } }, Ordinary, ct);

    public async IAsyncEnumerable<RuntimeEvent> EventsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var request = new SubscribeRequest();
        foreach (var topic in (string[])["/tasks/exit", "/tasks/oom", "/images/create", "/images/update"])
        {
            request.Filters.Add($"namespace=={ContainerdMethods.CriNamespace},topic==\"{topic}\"");
        }

        await foreach (var envelope in _channel.StreamAsync(ContainerdMethods.Subscribe, OneAsync(request), ContainerdMethods.Options(), ct))
        {
            if (envelope.Topic.StartsWith("/images/", StringComparison.Ordinal))
            {
                yield return new RuntimeEvent("", RuntimeEventKind.Image);
                continue;
            }

            if (envelope.Topic == "/tasks/oom")
            {
                yield return new RuntimeEvent(TaskOOM.Parser.ParseFrom(envelope.Event.Value).ContainerId, RuntimeEventKind.OutOfMemory);
                continue;
            }

            var exit = TaskExit.Parser.ParseFrom(envelope.Event.Value);
            if (exit.Id == exit.ContainerId || exit.Id.Length == 0)
            {
                yield return new RuntimeEvent(exit.ContainerId, RuntimeEventKind.Exit);
            }
        }
    }

    public async IAsyncEnumerable<string> CommandEndsAsync(string containerId, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new SubscribeRequest();
        request.Filters.Add("namespace==" + ContainerdMethods.CriNamespace + ",topic==\"/tasks/exit\",event.container_id==" + containerId);
        await foreach (var envelope in _channel.StreamAsync(ContainerdMethods.Subscribe, OneAsync(request), ContainerdMethods.Options(), ct))
        {
            var exit = TaskExit.Parser.ParseFrom(envelope.Event.Value);
            if (exit.Id.Length > 0 && exit.Id != exit.ContainerId)
            {
                yield return exit.Id;
            }
        }
    }

    private static async IAsyncEnumerable<T> OneAsync<T>(T item)
    {
        await Task.CompletedTask;
        yield return item;
    }

    private static async Task UnlessAbsentAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.NotFound)
        {
            // Gone already: what was asked for.
        }
    }

    private static async Task<T?> OrNullAsync<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (GrpcException failure) when (failure.Code == GrpcStatusCode.NotFound)
        {
            return null;
        }
    }

    private Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan? limit, CancellationToken ct)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new() =>
        _channel.UnaryAsync(method, request, new GrpcCallOptions { Timeout = limit }, ct);
}
