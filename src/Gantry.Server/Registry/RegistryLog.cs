using Microsoft.Extensions.Logging;

namespace Gantry.Server.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(3001, LogLevel.Warning, "the store holds objects of a resource that is not served: {Prefix}")]
    public static partial void UnknownPrefix(ILogger log, string prefix);
}
