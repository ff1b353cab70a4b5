using Microsoft.Extensions.Logging;

namespace Gantry.Server.Aggregation;

internal static partial class AggregationLog
{
    [LoggerMessage(3111, LogLevel.Warning, "the condition of APIService {Name} could not be written: {Error}")]
    public static partial void StatusRefused(ILogger log, string name, string error);

    [LoggerMessage(3112, LogLevel.Error, "APIServices are no longer looked after")]
    public static partial void Ended(ILogger log, Exception error);
}
