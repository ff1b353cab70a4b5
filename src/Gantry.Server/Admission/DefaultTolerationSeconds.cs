using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Pods stay five minutes on a node that is not ready or unreachable, unless they say otherwise.</summary>
public sealed class DefaultTolerationSeconds : IMutatingAdmission
{
    private const long Seconds = 300;
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.IsOf("", "pods"))
        {
            Add(value, NotReady);
            Add(value, Unreachable);
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    private static void Add(TreeMap pod, string key)
    {
        var tolerated = pod.Map("spec")?.Maps("tolerations").Any(t =>
            (string.IsNullOrEmpty(t.Text("key")) || t.Text("key") == key) && (string.IsNullOrEmpty(t.Text("effect")) || t.Text("effect") == "NoExecute"));
        if (tolerated != true)
        {
            pod.OwnMap("spec").OwnList("tolerations").Add(TreeEdits.Map(
                ("key", key), ("operator", "Exists"), ("effect", "NoExecute"), ("tolerationSeconds", Seconds)));
        }
    }
}
