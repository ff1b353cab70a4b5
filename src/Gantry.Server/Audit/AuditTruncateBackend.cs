using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>Keeps events and batches small: an event that is too large loses its objects, and is left out if that does not help; a batch is split.</summary>
public sealed class AuditTruncateBackend : IAuditBackend
{
    private const string Truncated = "audit.k8s.io/truncated";

    private readonly IAuditBackend _next;
    private readonly AuditTruncateOptions _options;
    private readonly AuditFigures _figures;
    private readonly ILogger _log;

    public AuditTruncateBackend(IAuditBackend next, AuditTruncateOptions options, AuditFigures figures, ILogger log)
    {
        _next = next;
        _options = options;
        _figures = figures;
        _log = log;
    }

    public async ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        var all = true;
        var batch = new List<AuditEvent>(events.Count);
        var size = 0L;
        foreach (var given in events)
        {
            var (item, length) = Fit(given);
            if (item is null)
            {
                _figures.Lost("truncate", 1);
                AuditLog.Lost(_log, "truncate", 1, "event is too large even after truncating");
                continue;
            }

            if (batch.Count > 0 && size + length > _options.MaxBatchSize)
            {
                all &= await _next.ProcessAsync(batch, cancellation).ConfigureAwait(false);
                (batch, size) = ([], 0);
            }

            batch.Add(item);
            size += length;
        }

        return batch.Count == 0 ? all : await _next.ProcessAsync(batch, cancellation).ConfigureAwait(false) && all;
    }

    public ValueTask DisposeAsync() => _next.DisposeAsync();

    private (AuditEvent? Event, long Size) Fit(AuditEvent item)
    {
        var size = item.ToJson().LongLength;
        if (size <= _options.MaxEventSize)
        {
            return (item, size);
        }

        var less = item with { RequestObject = null, ResponseObject = null, Annotations = [.. item.Annotations, KeyValuePair.Create(Truncated, "true")] };
        size = less.ToJson().LongLength;
        return size <= _options.MaxEventSize ? (less, size) : (null, 0);
    }
}
