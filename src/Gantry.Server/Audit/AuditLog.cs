using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

internal static partial class AuditLog
{
    [LoggerMessage(3211, LogLevel.Error, "audit: {Plugin} lost {Count} events: {Reason}")]
    public static partial void Lost(ILogger log, string plugin, int count, string reason);

    [LoggerMessage(3212, LogLevel.Warning, "no audit policy file is given, so nothing is recorded")]
    public static partial void NoPolicy(ILogger log);
}
