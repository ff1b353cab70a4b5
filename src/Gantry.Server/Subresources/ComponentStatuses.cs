using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary><c>componentstatuses</c>: the health of the parts of a control plane, by the names other clusters have for them.</summary>
internal sealed class ComponentStatuses : ISubresource
{
    private readonly Func<IReadOnlyList<(string Name, string? Problem)>> _health;

    /// <param name="health">Each part and what is wrong with it, null for nothing.</param>
    public ComponentStatuses(Func<IReadOnlyList<(string Name, string? Problem)>> health)
    {
        _health = health;
    }

    public string Group => "";

    public string Plural => "componentstatuses";

    public string Name => "";

    public ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        call.WarnOfDeprecation("v1 ComponentStatus is deprecated in v1.19+");
        var all = _health().Select(Of).ToList();
        if (call.Info.Verb == "list")
        {
            return new(List(call, resource, all));
        }

        var one = all.Find(c => c.Metadata.Name == call.Info.Name);
        // What is not there is a fault to Kubernetes.
        return new(one is null ? new ApiStatus { Code = 500, Message = "Component not found: " + call.Info.Name } : new ApiAnswer.Item(200, resource.Type, ApiJson.Encode(one)));
    }

    private static ApiAnswer List(ApiCall call, ServedResource resource, List<V1ComponentStatus> all)
    {
        var (selection, refusal) = Selection.Of(resource, "", "", call.Options["labelSelector"], call.Options["fieldSelector"]);
        refusal ??= ListOptions.Of(call.Options, watch: false).Refusal;
        if (refusal is not null)
        {
            return refusal;
        }

        var items = all.Select(c => StoredObject.Made(resource.Stored, c.Metadata.Name, ApiJson.Encode(c))).Where(selection!.Matches);
        return new ApiAnswer.Items(new ListPage(resource, [.. items], 0, "", null));
    }

    private static V1ComponentStatus Of((string Name, string? Problem) part) => new()
    {
        Metadata = new V1ObjectMeta { Name = part.Name },
        Conditions = [new V1ComponentCondition { Type = "Healthy", Status = part.Problem is null ? "True" : "False", Message = part.Problem ?? "ok" }],
    };
}
