using System.Collections.Concurrent;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>A figure of durations, by labels that are known only when something happens. A family that nobody added to says nothing.</summary>
internal sealed class HistogramFamily(string name, string help, double[] bounds)
{
    private readonly ConcurrentDictionary<string, Histogram> _histograms = new(StringComparer.Ordinal);

    /// <summary>Adds one duration.</summary>
    /// <param name="labels">As <see cref="FigureText.Labels"/> writes them; empty for none.</param>
    /// <param name="took">The duration.</param>
    public void Add(string labels, TimeSpan took) => _histograms.GetOrAdd(labels, static (_, b) => new Histogram(b), bounds).Add(took);

    public void Append(StringBuilder text)
    {
        if (_histograms.IsEmpty)
        {
            return;
        }

        FigureText.Begin(text, name, "histogram", help);
        foreach (var (labels, histogram) in _histograms.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            histogram.Append(text, name, labels);
        }
    }
}
