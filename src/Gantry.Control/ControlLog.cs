using Microsoft.Extensions.Logging;

namespace Gantry.Control;

/// <summary>The log lines of this project; ids 2000 to 2099.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(2000, LogLevel.Information, "started {Loops} loops and {Controllers} controllers")]
    public static partial void Started(ILogger log, int loops, int controllers);

    [LoggerMessage(2001, LogLevel.Critical, "loop {Loop} ended without being asked to; the process stops")]
    public static partial void LoopEnded(ILogger log, string loop, Exception? cause);

    [LoggerMessage(2002, LogLevel.Debug, "{Controller}: {Key} again in {Pause}: {Why}")]
    public static partial void Retrying(ILogger log, string controller, string key, TimeSpan pause, string why);

    [LoggerMessage(2003, LogLevel.Error, "{Controller}: {Key} failed, again in {Pause}")]
    public static partial void Threw(ILogger log, string controller, string key, TimeSpan pause, Exception cause);

    [LoggerMessage(2004, LogLevel.Warning, "loop {Loop} did not stop in time")]
    public static partial void LeftBehind(ILogger log, string loop);

    [LoggerMessage(2010, LogLevel.Debug, "event {Reason} on {Object} was not recorded: {Why}")]
    public static partial void EventLost(ILogger log, string reason, string @object, string why);

    [LoggerMessage(2020, LogLevel.Information, "{Identity} leads {Lease}")]
    public static partial void Leads(ILogger log, string identity, string lease);

    [LoggerMessage(2021, LogLevel.Warning, "{Identity} no longer leads {Lease}")]
    public static partial void LostLead(ILogger log, string identity, string lease);

    [LoggerMessage(2022, LogLevel.Debug, "lease {Lease} could not be taken or renewed: {Why}")]
    public static partial void LeaseRefused(ILogger log, string lease, string why);
}
