using System.Text;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>Writes events as lines into a file, or to standard output.</summary>
internal sealed class AuditLogBackend : IAuditBackend
{
    private readonly Lock _lock = new();
    private readonly AuditLogFile? _file;
    private readonly Stream? _out;
    private readonly bool _legacy;
    private readonly AuditFigures _figures;
    private readonly ILogger _log;

    public AuditLogBackend(AuditLogOptions options, AuditFigures figures, TimeProvider clock, ILogger log)
    {
        _legacy = options.Format == AuditLogOptions.Legacy;
        _figures = figures;
        _log = log;
        if (options.Path == "-")
        {
            _out = Console.OpenStandardOutput();
        }
        else
        {
            _file = new AuditLogFile(options, clock);
        }
    }

    public ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        using var lines = new MemoryStream();
        foreach (var item in events)
        {
            lines.Write(_legacy ? Encoding.UTF8.GetBytes(item.ToLegacy()) : item.ToJson());
            lines.WriteByte((byte)'\n');
        }

        try
        {
            lock (_lock)
            {
                var bytes = lines.GetBuffer().AsSpan(0, (int)lines.Length);
                if (_file is not null)
                {
                    _file.Write(bytes);
                }
                else
                {
                    _out!.Write(bytes);
                    _out.Flush();
                }
            }

            return new(true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _figures.Lost("log", events.Count);
            AuditLog.Lost(_log, "log", events.Count, e.Message);
            return new(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _file?.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
