using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary><c>nodes/proxy</c>: any HTTP request, to the agent of a node.</summary>
internal sealed class NodeProxySubresource(IObjects objects, AdmissionChain admission, INodeProxy? nodes) : ISubresource
{
    public string Group => "";

    public string Plural => "nodes";

    public string Name => "proxy";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ProxyTarget.Parse(call.Info.Name) is not { } target)
        {
            return ApiStatus.BadRequest($"invalid node request \"{call.Info.Name}\"");
        }

        var (options, unwanted) = await ConnectAdmission.AskAsync(admission, call, resource, target.Name, cancellation).ConfigureAwait(false);
        if (unwanted is not null)
        {
            return unwanted;
        }

        if (objects.Get<V1Node>("", target.Name) is null)
        {
            return ApiStatus.NotFound(resource.Type, target.Name);
        }

        var request = new NodeRequest(NodeEndpoint.NodeProxy, target.Name, null, "", options.Text("path") ?? "/");
        return await NodeForwarding.ForwardAsync(nodes, call, request, cancellation).ConfigureAwait(false);
    }
}
