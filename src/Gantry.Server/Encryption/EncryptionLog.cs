using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

internal static partial class EncryptionLog
{
    [LoggerMessage(3201, LogLevel.Information, "the encryption configuration {File} was read again and is in force")]
    public static partial void Reloaded(ILogger log, string file);

    [LoggerMessage(3202, LogLevel.Error, "the encryption configuration was changed and is not used, the last one stays in force: {Reason}")]
    public static partial void Refused(ILogger log, string reason);
}
