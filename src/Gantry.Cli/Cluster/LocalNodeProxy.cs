using Gantry.Node.Agent;
using Gantry.Node.Streaming;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Cli.Cluster;

/// <summary>The node of the same process as the API server's way to its nodes: a call, no connection.</summary>
internal sealed class LocalNodeProxy : INodeProxy
{
    private readonly string _node;
    private readonly NodeStreams _streams;
    private readonly AgentApi _agent;

    public LocalNodeProxy(string node, NodeStreams streams, AgentApi agent)
    {
        _node = node;
        _streams = streams;
        _agent = agent;
    }

    public Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation) => (request.Endpoint, request.Pod) switch
    {
        _ when request.NodeName != _node => Elsewhere(context, request.NodeName, cancellation),
        (NodeEndpoint.Log, { } pod) => _streams.LogAsync(context, pod, request.Container, cancellation),
        (NodeEndpoint.Exec, { } pod) => _streams.ExecAsync(context, pod, request.Container, cancellation),
        (NodeEndpoint.Attach, { } pod) => _streams.AttachAsync(context, pod, request.Container, cancellation),
        (NodeEndpoint.PortForward, { } pod) => _streams.PortForwardAsync(context, pod, cancellation),
        (NodeEndpoint.NodeProxy, _) => _agent.AnswerAsync(context, request.Path, cancellation),
        _ => throw new ArgumentException($"{request.Endpoint} needs a pod", nameof(request)),
    };

    public ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation) => NodeStreams.ConnectAsync(address, port, cancellation);

    private static Task Elsewhere(HttpContext context, string node, CancellationToken cancellation)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync($"error dialing backend: there is no connection to the node \"{node}\"", cancellation);
    }
}
