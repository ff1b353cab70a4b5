using Microsoft.Extensions.Logging;

namespace Gantry.Server.Flows;

internal static partial class FlowLog
{
    [LoggerMessage(3121, LogLevel.Warning, "the condition of FlowSchema {Name} could not be written: {Error}")]
    public static partial void StatusRefused(ILogger log, string name, string error);
}
