using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>New nodes take no pods until something has found them ready.</summary>
public sealed class TaintNodesByCondition : IMutatingAdmission
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates("", "nodes")
            && value.Map("spec")?.Maps("taints").Any(t => t.Text("key") == NotReady && t.Text("effect") == "NoSchedule") != true)
        {
            value.OwnMap("spec").OwnList("taints").Add(TreeEdits.Map(("key", NotReady), ("effect", "NoSchedule")));
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }
}
