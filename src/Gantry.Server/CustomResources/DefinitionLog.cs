using Microsoft.Extensions.Logging;

namespace Gantry.Server.CustomResources;

internal static partial class DefinitionLog
{
    [LoggerMessage(3201, LogLevel.Warning, "custom resource definition {Name}: {Why}")]
    public static partial void Failed(ILogger log, string name, string why);

    [LoggerMessage(3203, LogLevel.Error, "custom resource definition {Name} cannot be served")]
    public static partial void NotServed(ILogger log, Exception error, string name);

    [LoggerMessage(3202, LogLevel.Error, "custom resource definitions are no longer looked after")]
    public static partial void Ended(ILogger log, Exception error);
}
