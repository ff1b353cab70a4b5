using Microsoft.Extensions.Logging;

namespace Gantry.Server.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(3301, LogLevel.Information, "the configuration {File} was read again and is in force")]
    public static partial void Reloaded(ILogger log, string file);

    [LoggerMessage(3302, LogLevel.Error, "the configuration {File} was changed and is not used, the last one stays in force: {Reason}")]
    public static partial void Refused(ILogger log, string file, string reason);
}
