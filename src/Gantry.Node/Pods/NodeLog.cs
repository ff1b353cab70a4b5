using Microsoft.Extensions.Logging;

namespace Gantry.Node.Pods;

internal static partial class NodeLog
{
    [LoggerMessage(4101, LogLevel.Information, "Adopted {Pods} pods and {Orphans} that are no longer wanted")]
    public static partial void Adopted(ILogger log, int pods, int orphans);

    [LoggerMessage(4102, LogLevel.Warning, "pod {Pod}: {Why}; trying again in {Pause}")]
    public static partial void StepFailed(ILogger log, string pod, string why, TimeSpan pause);

    [LoggerMessage(4103, LogLevel.Warning, "the status of pod {Pod} could not be written: {Why}")]
    public static partial void StatusRefused(ILogger log, string pod, string why);

    [LoggerMessage(4104, LogLevel.Warning, "the runtime's event feed ended: {Why}; subscribing again")]
    public static partial void EventsLost(ILogger log, string why);

    [LoggerMessage(4105, LogLevel.Warning, "left-over folder of pod {Uid} could not be removed: {Why}")]
    public static partial void FolderStays(ILogger log, string uid, string why);

    [LoggerMessage(4106, LogLevel.Information, "Registered node {Node}")]
    public static partial void Registered(ILogger log, string node);

    [LoggerMessage(4107, LogLevel.Warning, "node {Node}: {What} failed: {Why}")]
    public static partial void NodeRefused(ILogger log, string node, string what, string why);

    [LoggerMessage(4108, LogLevel.Error, "pod {Pod} failed unexpectedly; trying again in {Pause}")]
    public static partial void Unexpected(ILogger log, Exception cause, string pod, TimeSpan pause);

    [LoggerMessage(4109, LogLevel.Information, "Node {Node} is ready")]
    public static partial void Ready(ILogger log, string node);

    [LoggerMessage(4110, LogLevel.Warning, "container runtime: {Why}; trying again in {Pause}")]
    public static partial void RuntimeAbsent(ILogger log, string why, TimeSpan pause);

    [LoggerMessage(4111, LogLevel.Warning, "log {File} could not be rotated: {Why}")]
    public static partial void NotRotated(ILogger log, string file, string why);

    [LoggerMessage(4112, LogLevel.Warning, "the limits of pod {Pod} as a whole could not be set: {Why}")]
    public static partial void NotLimited(ILogger log, string pod, string why);

    [LoggerMessage(4113, LogLevel.Warning, "{What} failed; trying again in {Pause}")]
    public static partial void RoundFailed(ILogger log, Exception cause, string what, TimeSpan pause);
}
