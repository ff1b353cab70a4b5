using Microsoft.Extensions.Logging;

namespace Gantry.Server.Admission.Webhooks;

internal static partial class WebhookLog
{
    [LoggerMessage(3501, LogLevel.Warning, "{Kind} {Name}: {Message}")]
    public static partial void Cycle(ILogger log, string kind, string name, string message);

    [LoggerMessage(3502, LogLevel.Warning, "no event tells of the cycle of webhook configuration {Name}: {Reason}")]
    public static partial void Untold(ILogger log, string name, string reason);
}
