using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Gantry.Api.Models;
using Gantry.Node.Grpc;
using Gantry.Node.Health;
using Gantry.Node.Runtime;

namespace Gantry.Node.Probes;

/// <summary>Probes and lifecycle hooks by command, HTTP, TCP and gRPC.</summary>
public sealed class ProbeRunner : IProbeRunner, IDisposable
{
    private const int MaxOutput = 1024;
    private const string ProbeAgent = "kube-probe/1.32";
    private const string HookAgent = "kube-lifecycle/1.32";
    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> Check = new("/grpc.health.v1.Health/Check");

    private readonly IContainerRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly HttpProbe _http = new();

    public ProbeRunner(IContainerRuntime runtime, TimeProvider clock)
    {
        _runtime = runtime;
        _clock = clock;
    }

    public async Task<ProbeOutcome> ProbeAsync(V1Probe probe, ProbeTarget target, CancellationToken ct)
    {
        var limit = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
        using var alarm = new CancellationTokenSource(limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, alarm.Token);
        try
        {
            return probe switch
            {
                { Exec: { } exec } => await ExecAsync(exec, target, limit, ct),
                { HttpGet: { } get } => await _http.GetAsync(get, target, ProbeAgent, either.Token),
                { TcpSocket: { } tcp } => await TcpAsync(tcp, target, either.Token),
                { Grpc: { } grpc } => await GrpcAsync(grpc, target, limit, ct),
                _ => new ProbeOutcome(false, "the probe has no action"),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ProbeOutcome(false, probe.HttpGet is { } get
                ? $"Get \"{get.Scheme.ToLowerInvariant()}://{target.Address}:{target.Port(get.Port)}{get.Path}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                : $"dial tcp {target.Address}:{target.Port(probe.TcpSocket?.Port ?? 0)}: i/o timeout");
        }
    }

    /// <summary>Runs a hook to its end, which the caller bounds.</summary>
    public async Task<ProbeOutcome> HookAsync(V1LifecycleHandler hook, ProbeTarget target, CancellationToken ct)
    {
        switch (hook)
        {
            case { Exec: { } exec }:
                return await ExecAsync(exec, target, TimeSpan.Zero, ct);
            case { HttpGet: { } get }:
                return await _http.GetAsync(get, target, HookAgent, ct);
            case { TcpSocket: { } tcp }:
                return await TcpAsync(tcp, target, ct);
            case { Sleep: { } sleep }:
                await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), _clock, ct);
                return new ProbeOutcome(true, "");
            default:
                return new ProbeOutcome(false, "the hook has no action");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ProbeOutcome> ExecAsync(V1ExecAction exec, ProbeTarget target, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            var answer = await _runtime.ExecSyncAsync(target.ContainerId, exec.Command, limit, ct);
            var output = Output(answer.Stdout.Span, answer.Stderr.Span);
            return answer.ExitCode == 0 ? new ProbeOutcome(true, output)
                : new ProbeOutcome(false, output.Length > 0 ? output : string.Create(CultureInfo.InvariantCulture, $"command terminated with exit code {answer.ExitCode}"));
        }
        catch (GrpcException failure)
        {
            return new ProbeOutcome(false, failure.Code == GrpcStatusCode.DeadlineExceeded
                ? $"command timed out: \"{string.Join(' ', exec.Command)}\" timed out after {Api.GoDuration.Format(limit)}" : failure.RpcText);
        }
    }

    private static string Output(ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr)
    {
        var text = Encoding.UTF8.GetString(stdout) + Encoding.UTF8.GetString(stderr);
        return text.Length <= MaxOutput ? text : text[..MaxOutput];
    }

    private static async Task<ProbeOutcome> TcpAsync(V1TCPSocketAction action, ProbeTarget target, CancellationToken ct)
    {
        if (target.Port(action.Port) is not { } port)
        {
            return new ProbeOutcome(false, $"couldn't find port: {action.Port}");
        }

        var host = action.Host.Length > 0 ? action.Host : target.Address;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, port, ct);
            return new ProbeOutcome(true, "");
        }
        catch (SocketException failure)
        {
            return new ProbeOutcome(false, HttpProbe.Words(failure, FormattableString.Invariant($"{host}:{port}")));
        }
    }

    private async Task<ProbeOutcome> GrpcAsync(V1GRPCAction action, ProbeTarget target, TimeSpan limit, CancellationToken ct)
    {
        using var channel = UnixGrpcChannel.Tcp(target.Address, action.Port, _clock);
        try
        {
            var answer = await channel.UnaryAsync(Check, new HealthCheckRequest { Service = action.Service ?? "" }, new GrpcCallOptions { Timeout = limit }, ct);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? new ProbeOutcome(true, "service healthy")
                : new ProbeOutcome(false, $"service unhealthy (responded with \"{(answer.Status == HealthCheckResponse.Types.ServingStatus.NotServing ? "NOT_SERVING" : answer.Status.ToString().ToUpperInvariant())}\")");
        }
        catch (GrpcException failure)
        {
            var words = failure.InnerException is { } inner ? HttpProbe.Words(inner, FormattableString.Invariant($"{target.Address}:{action.Port}")) : failure.Message;
            return new ProbeOutcome(false, failure.Code switch
            {
                GrpcStatusCode.DeadlineExceeded => $"timeout: failed to connect service \"{target.Address}:{action.Port}\" within {Api.GoDuration.Format(limit)}: context deadline exceeded",
                GrpcStatusCode.Unimplemented => "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)",
                _ => $"error: health rpc probe failed: {words}",
            });
        }
    }
}
