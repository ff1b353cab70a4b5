using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>How admission says no: 403 with the object's name and the plugin's words.</summary>
internal static class Refusals
{
    public static ApiStatus Forbid(this AdmissionRequest request, TreeMap value, string why)
    {
        var metadata = value.Map("metadata");
        return Forbid(request, metadata?.Text("name") ?? "", metadata?.Text("generateName") ?? "", why);
    }

    public static ApiStatus Forbid(this AdmissionRequest request, IApiObject? value, string why) =>
        Forbid(request, value?.Metadata.Name ?? "", value?.Metadata.GenerateName ?? "", why);

    /// <summary>Several faults as one text: alone as it is, else in brackets, each once.</summary>
    public static string Join(IReadOnlyCollection<string> faults)
    {
        var distinct = faults.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count == 1 ? distinct[0] : "[" + string.Join(", ", distinct) + "]";
    }

    private static ApiStatus Forbid(AdmissionRequest request, string name, string prefix, string why)
    {
        var shown = request.Name.Length > 0 ? request.Name : name.Length > 0 ? name : prefix;
        return ApiStatus.Forbidden(request.Type, shown, why);
    }
}
