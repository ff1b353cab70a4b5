using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary><c>pods/binding</c>, and <c>bindings</c>, where the pod is named by the body alone.</summary>
internal sealed class BindingSubresource(PodBinding binding, ResourceTable resources, bool ofPod) : ISubresource
{
    public string Group => "";

    public string Plural => ofPod ? "pods" : "bindings";

    public string Name => ofPod ? "binding" : "";

    public ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation) =>
        resources.Find("", "v1", "pods") is { } pods
            ? binding.BindAsync(call, pods, ofPod ? call.Info.Name : "", cancellation)
            : new(ApiStatus.NoSuchResource);
}
