using Microsoft.Extensions.Logging;

namespace Gantry.Scheduler.Loop;

/// <summary>The log lines of this project; ids 5000 to 5099.</summary>
internal static partial class SchedulerLog
{
    [LoggerMessage(5000, LogLevel.Information, "scheduling for {Scheduler}: {Nodes} nodes, {Placed} pods placed, {Waiting} waiting")]
    public static partial void Started(ILogger log, string scheduler, int nodes, int placed, int waiting);

    [LoggerMessage(5001, LogLevel.Warning, "pod {Namespace}/{Name} was not bound to {Node}: {Why}")]
    public static partial void NotBound(ILogger log, string @namespace, string name, string node, string why);

    [LoggerMessage(5002, LogLevel.Warning, "{Kind} {Name} was not written: {Why}")]
    public static partial void NotWritten(ILogger log, string kind, string name, string why);

    [LoggerMessage(5003, LogLevel.Error, "pod {Namespace}/{Name}: the write failed")]
    public static partial void Threw(ILogger log, string @namespace, string name, Exception cause);
}
