using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary>Hands requests to nodes.</summary>
internal static class NodeForwarding
{
    /// <summary>Has the node answer on the call's connection.</summary>
    public static async ValueTask<ApiAnswer> ForwardAsync(INodeProxy? nodes, ApiCall call, NodeRequest request, CancellationToken cancellation)
    {
        if (nodes is null)
        {
            return NoNodes;
        }

        if (call.Http is not { } context)
        {
            return NoConnection;
        }

        await nodes.ForwardAsync(context, request, cancellation).ConfigureAwait(false);
        return ApiAnswer.Done.Instance;
    }

    /// <summary>The server runs without any way to its nodes.</summary>
    public static ApiStatus NoNodes { get; } = ApiStatus.ServiceUnavailable("this server has no connection to the nodes");

    /// <summary>Streams need a connection; a call from inside the process has none.</summary>
    public static ApiStatus NoConnection { get; } = ApiStatus.BadRequest("the request needs a connection of its own");
}
