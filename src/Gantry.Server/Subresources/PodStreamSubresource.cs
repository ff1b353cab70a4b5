using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary>What the node of a pod answers: <c>log</c>, <c>exec</c>, <c>attach</c>, <c>portforward</c>.</summary>
internal sealed class PodStreamSubresource : ISubresource
{
    private readonly NodeEndpoint _endpoint;
    private readonly IObjects _objects;
    private readonly AdmissionChain _admission;
    private readonly INodeProxy? _nodes;

    public PodStreamSubresource(string name, NodeEndpoint endpoint, IObjects objects, AdmissionChain admission, INodeProxy? nodes)
    {
        Name = name;
        _endpoint = endpoint;
        _objects = objects;
        _admission = admission;
        _nodes = nodes;
    }

    public string Group => "";

    public string Plural => "pods";

    public string Name { get; }

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (_endpoint == NodeEndpoint.Log && LogOptions.Check(call) is { } wrong)
        {
            return wrong;
        }

        var asked = call.Options["container"];
        if (_endpoint != NodeEndpoint.Log)
        {
            var (options, unwanted) = await ConnectAdmission.AskAsync(_admission, call, resource, call.Info.Name, cancellation).ConfigureAwait(false);
            if (unwanted is not null)
            {
                return unwanted;
            }

            asked = options.Text("container") ?? "";
        }

        if (_objects.Get<V1Pod>(call.Info.Namespace, call.Info.Name) is not { } pod)
        {
            return ApiStatus.NotFound(resource.Type, call.Info.Name);
        }

        var (container, refusal) = _endpoint == NodeEndpoint.PortForward ? ("", null) : PodContainers.Choose(pod, asked);
        if (refusal is not null)
        {
            return refusal;
        }

        if (pod.Spec.NodeName.Length == 0)
        {
            // Nothing has run that could have said anything.
            return _endpoint == NodeEndpoint.Log
                ? new ApiAnswer.Document(204, "text/plain", default)
                : ApiStatus.BadRequest($"pod {pod.Metadata.Name} does not have a host assigned");
        }

        return await NodeForwarding.ForwardAsync(
            _nodes, call, new NodeRequest(_endpoint, pod.Spec.NodeName, pod, container, ""), cancellation).ConfigureAwait(false);
    }
}
