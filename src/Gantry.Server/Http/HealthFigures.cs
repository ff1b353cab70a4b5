using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Server.Figures;

namespace Gantry.Server.Http;

/// <summary>What health checks found whenever they were asked together: the indicators under <c>/metrics/slis</c>, named as every part of Kubernetes names them.</summary>
internal sealed class HealthFigures
{
    private const string LastName = "kubernetes_healthcheck";

    private readonly ConcurrentDictionary<string, bool> _last = new(StringComparer.Ordinal);
    private readonly CounterFamily _results = new("kubernetes_healthchecks_total", "[STABLE] How often a health check ended as told.");

    /// <param name="check">The check.</param>
    /// <param name="kind">What it was asked for: healthz, livez or readyz.</param>
    /// <param name="isWell">What it found.</param>
    public void Add(string check, string kind, bool isWell)
    {
        _last[FigureText.Labels(("name", check), ("type", kind))] = isWell;
        _results.Add(FigureText.Labels(("name", check), ("status", isWell ? "success" : "error"), ("type", kind)));
    }

    /// <summary>All of it, in Prometheus' text form.</summary>
    public byte[] Text()
    {
        var text = new StringBuilder();
        if (!_last.IsEmpty)
        {
            FigureText.Begin(text, LastName, "gauge", "[STABLE] What a health check found last: 1 when all is well.");
            foreach (var (labels, isWell) in _last.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{LastName}{{{labels}}} {(isWell ? 1 : 0)}\n");
            }
        }

        _results.Append(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
