using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Tests.Encryption;

/// <summary>Keeps what a server logs.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(string Text, Exception? Error)> _lines = new();

    public IReadOnlyList<(string Text, Exception? Error)> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((formatter(state, exception), exception));

    public void Dispose()
    {
    }
}
