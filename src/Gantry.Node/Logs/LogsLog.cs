using Microsoft.Extensions.Logging;

namespace Gantry.Node.Logs;

internal static partial class LogsLog
{
    [LoggerMessage(4201, LogLevel.Warning, "The kernel gives no notifications for {Directory} (error {Error}); looking once a second instead")]
    public static partial void NoNotifications(ILogger log, string directory, int error);

    [LoggerMessage(4202, LogLevel.Debug, "A reader of {Path} left early: {Why}")]
    public static partial void ReaderGone(ILogger log, string path, string why);
}
