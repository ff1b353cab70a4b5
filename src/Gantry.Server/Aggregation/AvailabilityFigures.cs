using System.Globalization;
using System.Text;
using Gantry.Api.Models;
using Gantry.Server.Figures;
using Gantry.Server.Registry;

namespace Gantry.Server.Aggregation;

/// <summary>Tells which APIs cannot be reached, under Kubernetes' names (<c>kube-aggregator/pkg/controllers/status/metrics</c>).</summary>
internal sealed class AvailabilityFigures
{
    private const string Name = "aggregator_unavailable_apiservice";

    private readonly CounterFamily _lost = new(Name + "_total", "How often an API that could be reached could no longer be, by registration and reason.");

    /// <summary>An API that could be reached cannot be any more.</summary>
    public void Lost(string service, string reason) => _lost.Add(FigureText.Labels(("name", service), ("reason", reason)));

    public void Append(StringBuilder text, IObjects objects)
    {
        FigureText.Begin(text, Name, "gauge", "1 for registrations of APIs that cannot be reached.");
        foreach (var service in objects.List<V1APIService>())
        {
            var isAvailable = service.Status.Conditions.Any(c => c is { Type: "Available", Status: "True" });
            text.Append(CultureInfo.InvariantCulture, $"{Name}{{{FigureText.Labels(("name", service.Metadata.Name))}}} {(isAvailable ? 0 : 1)}\n");
        }

        _lost.Append(text);
    }
}
