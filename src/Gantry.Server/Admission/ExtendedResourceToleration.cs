using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Admission;

/// <summary>Pods that ask for a device tolerate the taint by which its nodes keep others off: the device's name.</summary>
public sealed class ExtendedResourceToleration : IMutatingAdmission
{
    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.IsOf("", "pods") && value.Map("spec") is { } spec)
        {
            var devices = spec.Maps("containers").Concat(spec.Maps("initContainers"))
                .SelectMany(c => c.Map("resources")?.Map("requests")?.Select(r => r.Key) ?? []).Where(ResourceRules.IsExtended);
            foreach (var device in devices.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
            {
                Tolerate(value, device);
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    private static void Tolerate(TreeMap pod, string device)
    {
        var tolerated = pod.Map("spec")!.Maps("tolerations").Any(t => t.Text("key") == device && t.Text("operator") == "Exists"
            && t.Text("effect") == "NoSchedule" && string.IsNullOrEmpty(t.Text("value")));
        if (!tolerated)
        {
            pod.OwnMap("spec").OwnList("tolerations").Add(TreeEdits.Map(("key", device), ("operator", "Exists"), ("effect", "NoSchedule")));
        }
    }
}
