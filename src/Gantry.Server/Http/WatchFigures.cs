using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Gantry.Api.Schemas;
using Gantry.Server.Figures;

namespace Gantry.Server.Http;

/// <summary>Counts the events that watches send, by kind, under Kubernetes' names.</summary>
internal sealed class WatchFigures
{
    private static readonly double[] Bounds = [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

    private readonly ConcurrentDictionary<ResourceType, Histogram> _sizes = new();

    /// <summary>The sizes of the events of a kind, to be looked up once a watch.</summary>
    public Histogram Of(ResourceType type) => _sizes.GetOrAdd(type, static _ => new Histogram(Bounds));

    public void Append(StringBuilder text)
    {
        var all = _sizes.Select(s => (Labels: FigureText.Labels(("group", s.Key.Group), ("kind", s.Key.Kind), ("version", s.Key.Version)), s.Value))
            .OrderBy(s => s.Labels, StringComparer.Ordinal).ToList();
        FigureText.Begin(text, "apiserver_watch_events_total", "counter", "Events sent to watches.");
        foreach (var (labels, sizes) in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiserver_watch_events_total{{{labels}}} {sizes.Count}\n");
        }

        FigureText.Begin(text, "apiserver_watch_events_sizes", "histogram", "Bytes of events sent to watches.");
        foreach (var (labels, sizes) in all)
        {
            sizes.Append(text, "apiserver_watch_events_sizes", labels);
        }
    }
}
