using Microsoft.Extensions.Logging;

namespace Gantry.Node.Streaming;

internal static partial class StreamLog
{
    [LoggerMessage(4301, LogLevel.Debug, "A client's {What} ended early: {Why}")]
    public static partial void ClientGone(ILogger log, string what, string why);

    [LoggerMessage(4302, LogLevel.Warning, "{What} failed: {Why}")]
    public static partial void Failed(ILogger log, string what, string why);
}
