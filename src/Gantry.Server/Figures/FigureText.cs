using System.Globalization;
using System.Text;

namespace Gantry.Server.Figures;

/// <summary>What every figure under <c>/metrics</c> begins with, and how its labels are written (Prometheus' text form).</summary>
internal static class FigureText
{
    public static void Begin(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>Labels as <c>a="1",b="2"</c>.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            text.Append(name).Append("=\"").Append(Escaped(value)).Append('"');
        }

        return text.ToString();
    }

    private static string Escaped(string value) => value.AsSpan().ContainsAny("\\\"\n")
        ? value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        : value;
}
