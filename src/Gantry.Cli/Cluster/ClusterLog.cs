using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Cluster;

internal static partial class ClusterLog
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "{Part} ready after {Milliseconds:0} ms")]
    public static partial void Ready(ILogger log, string part, double milliseconds);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information, Message = "Stopping; containers go on")]
    public static partial void Stopping(ILogger log);
}
