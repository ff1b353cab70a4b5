using Microsoft.Extensions.Logging;

namespace Gantry.Server.Http;

internal static partial class HttpLog
{
    [LoggerMessage(3101, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Failed(ILogger log, Exception error, string method, string path);

    [LoggerMessage(3102, LogLevel.Critical, "the caches can no longer follow the store; the server stops")]
    public static partial void FollowingFailed(ILogger log, Exception error);

    [LoggerMessage(3103, LogLevel.Information, "the API is served on {Address}")]
    public static partial void Listening(ILogger log, Uri address);

    [LoggerMessage(3112, LogLevel.Critical, "one of the server's own loops ended; the server stops")]
    public static partial void LoopEnded(ILogger log, Exception error);
}
