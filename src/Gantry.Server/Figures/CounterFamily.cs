using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>A figure that counts, by labels that are known only when something happens. A family that nobody added to says nothing.</summary>
internal sealed class CounterFamily(string name, string help)
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds one.</summary>
    /// <param name="labels">As <see cref="FigureText.Labels"/> writes them; empty for none.</param>
    public void Add(string labels) => _counts.AddOrUpdate(labels, 1, static (_, before) => before + 1);

    public void Append(StringBuilder text)
    {
        if (_counts.IsEmpty)
        {
            return;
        }

        FigureText.Begin(text, name, "counter", help);
        foreach (var (labels, count) in _counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {count}\n");
        }
    }
}
