using Microsoft.Extensions.Logging;

namespace Gantry.Server.Authentication.Oidc;

internal static partial class OidcLog
{
    [LoggerMessage(2150, LogLevel.Warning, "the keys of {Issuer} cannot be read: {Why}")]
    public static partial void KeysUnread(ILogger log, string issuer, string why);
}
