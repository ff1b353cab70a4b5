using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Gantry.Cli.Cluster;

/// <summary>A server's log: a line each on standard error, in UTC.</summary>
internal static class ServerLogs
{
    /// <param name="least">What is less important is left out.</param>
    public static ILoggerFactory Create(LogLevel least) => LoggerFactory.Create(log =>
    {
        // the web host tells of its faults by exceptions, which are explained where they are caught
        log.SetMinimumLevel(least).AddFilter("Microsoft", LogLevel.None).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        log.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
