using Microsoft.Extensions.Logging;

namespace Gantry.Server.Aggregation;

internal static partial class AggregationLog
{
    [LoggerMessage(3111, LogLevel.Warning, "the condition of APIService {Name} could not be written: {Error}")]
    public static partial void StatusRefused(ILogger log, string name, string error);

    [LoggerMessage(3113, LogLevel.Warning, "the registration of {Name} could not be brought up to date: {Error}")]
    public static partial void RegistrationRefused(ILogger log, string name, string error);
}
