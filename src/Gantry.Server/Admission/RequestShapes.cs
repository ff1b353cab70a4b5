using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission;

/// <summary>Which requests a plugin looks at.</summary>
internal static class RequestShapes
{
    public static bool IsPod(this AdmissionRequest request) => request.Type is { Group: "", Plural: "pods" };

    /// <summary>The creation of an object of that resource itself, not of a subresource.</summary>
    public static bool Creates(this AdmissionRequest request, string group, string plural) =>
        request.Operation == AdmissionOperation.Create && request.IsOf(group, plural);

    /// <summary>A request on an object of that resource itself, not on a subresource.</summary>
    public static bool IsOf(this AdmissionRequest request, string group, string plural) =>
        request.Subresource.Length == 0 && request.Type.Group == group && request.Type.Plural == plural;
}
