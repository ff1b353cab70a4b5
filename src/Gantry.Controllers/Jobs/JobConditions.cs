using Gantry.Api.Models;

namespace Gantry.Controllers.Jobs;

/// <summary>The conditions in a Job's status.</summary>
internal static class JobConditions
{
    /// <summary>The conditions with that one; as they are when it holds already.</summary>
    public static IReadOnlyList<V1JobCondition> With(
        IReadOnlyList<V1JobCondition> present, string type, string status, string reason, string message, DateTimeOffset now)
    {
        var made = new V1JobCondition { Type = type, Status = status, Reason = reason, Message = message, LastProbeTime = now, LastTransitionTime = now };
        var old = present.FirstOrDefault(c => c.Type == type);
        return old is null ? [.. present, made]
            : old.Status == status && old.Reason == reason && old.Message == message ? present
            : [.. present.Select(c => c == old ? made : c)];
    }
}
