using Microsoft.Extensions.Logging;

namespace Gantry.Server.Bootstrap;

internal static partial class BootstrapLog
{
    [LoggerMessage(3101, LogLevel.Information, "made or renewed {Count} of the objects a cluster starts with")]
    public static partial void Wrote(ILogger log, int count);

    [LoggerMessage(3102, LogLevel.Error, "{What} {Name} could not be made: {Error}")]
    public static partial void Failed(ILogger log, string what, string name, string error);
}
