using Microsoft.Extensions.Logging;

namespace Gantry.Node.Logs;

internal static partial class LogsLog
{
    [LoggerMessage(4201, LogLevel.Warning, "The kernel gives no notifications for {Directory} (error {Error}); looking once a second instead")]
    public static partial void NoNotifications(ILogger log, string directory, int error);

    [LoggerMessage(4202, LogLevel.Debug, "A reader of {Path} left early: {Why}")]
    public static partial void ReaderGone(ILogger log, string path, string why);

    [LoggerMessage(4203, LogLevel.Information, "Rotated {Path} at {Size} bytes")]
    public static partial void Rotated(ILogger log, string path, long size);

    [LoggerMessage(4204, LogLevel.Warning, "{Path} could not be rotated: {Why}")]
    public static partial void RotationFailed(ILogger log, string path, string why);
}
