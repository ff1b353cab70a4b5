using Gantry.Api.Models;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Pipeline;

/// <summary>Where a node's own endpoint serves a request about its pods or itself.</summary>
public enum NodeEndpoint
{
    /// <summary><c>pods/log</c>.</summary>
    Log,
    Exec,
    Attach,
    PortForward,

    /// <summary><c>nodes/proxy</c>: the path after <c>proxy</c> goes to the node agent.</summary>
    NodeProxy,
}

/// <summary>A request that the node of a pod has to answer.</summary>
/// <param name="Endpoint">What is asked.</param>
/// <param name="NodeName">The node.</param>
/// <param name="Pod">The pod; null for <see cref="NodeEndpoint.NodeProxy"/>.</param>
/// <param name="Container">The container, already resolved; empty where the endpoint takes none.</param>
/// <param name="Path">For <see cref="NodeEndpoint.NodeProxy"/> the path with its leading slash.</param>
public sealed record NodeRequest(NodeEndpoint Endpoint, string NodeName, V1Pod? Pod, string Container, string Path);

/// <summary>
/// Brings a request to a node's agent and its answer back: streams, WebSockets and upgraded connections included. The query parameters
/// (follow, tailLines, command, stdin, tty, ...) are read from the request. In one process this is a call; between machines it is HTTPS.
/// </summary>
public interface INodeProxy
{
    /// <summary>Answers the request. Sets status and body itself, also for errors.</summary>
    Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation);

    /// <summary>Opens a connection to an address in the pod network, for <c>pods/proxy</c> and <c>services/proxy</c>.</summary>
    /// <param name="address">An IP address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation);
}
