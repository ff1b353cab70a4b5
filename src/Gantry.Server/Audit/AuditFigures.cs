using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Gantry.Server.Audit;

/// <summary>Counts what <c>/metrics</c> says of the audit log, under Kubernetes' names.</summary>
public sealed class AuditFigures
{
    private readonly ConcurrentDictionary<string, long> _lost = new(StringComparer.Ordinal);
    private readonly long[] _levels = new long[Enum.GetValues<AuditLevel>().Length];
    private long _events;
    private long _rejected;

    /// <summary>How many events a plugin lost.</summary>
    public long LostBy(string plugin) => _lost.GetValueOrDefault(plugin);

    internal void Lost(string plugin, int count) => _lost.AddOrUpdate(plugin, count, (_, before) => before + count);

    internal void Event() => Interlocked.Increment(ref _events);

    internal void Rejected() => Interlocked.Increment(ref _rejected);

    internal void Request(AuditLevel level) => Interlocked.Increment(ref _levels[(int)level]);

    internal void Append(StringBuilder text)
    {
        text.Append("# HELP apiserver_audit_event_total Audit events made.\n# TYPE apiserver_audit_event_total counter\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_audit_event_total {Interlocked.Read(ref _events)}\n");
        text.Append("# HELP apiserver_audit_requests_rejected_total Requests refused because their event could not be kept.\n# TYPE apiserver_audit_requests_rejected_total counter\n");
        text.Append(CultureInfo.InvariantCulture, $"apiserver_audit_requests_rejected_total {Interlocked.Read(ref _rejected)}\n");
        text.Append("# HELP apiserver_audit_level_total Requests by the level of the policy.\n# TYPE apiserver_audit_level_total counter\n");
        foreach (var level in Enum.GetValues<AuditLevel>())
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_audit_level_total{{level=\"{level}\"}} {Interlocked.Read(ref _levels[(int)level])}\n");
        }

        text.Append("# HELP apiserver_audit_error_total Audit events lost, by plugin.\n# TYPE apiserver_audit_error_total counter\n");
        foreach (var (plugin, count) in _lost.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_audit_error_total{{plugin=\"{plugin}\"}} {count}\n");
        }
    }
}
