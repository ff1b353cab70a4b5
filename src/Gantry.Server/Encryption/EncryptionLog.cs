using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

internal static partial class EncryptionLog
{
    [LoggerMessage(3203, LogLevel.Error, "the key service {Name} cannot be used: {Reason}")]
    public static partial void Unhealthy(ILogger log, string name, string reason);

    [LoggerMessage(3204, LogLevel.Error, "{Verb} of {What} failed: {Reason}")]
    public static partial void Refused(ILogger log, string verb, string what, string reason);
}
