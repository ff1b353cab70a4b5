using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Validation;

/// <summary>
/// Objects and what a server has to say about them, read from a text file so that hundreds of rules stay readable. <c>== base Kind</c> gives a good
/// object. <c>== Kind: title</c> begins a case: <c>path = json</c> sets a field, <c>--- update</c> or <c>--- status</c> writes the object and goes on with
/// its next state. Expected: <c>!</c> a cause of the refusal, <c>#</c> code and message, <c>?</c> a warning, <c>= path json</c> a value of the answer; … leaves out what a long value says.
/// </summary>
internal sealed partial class AnswerFile
{
    private readonly Dictionary<string, TreeMap> _bases = new(StringComparer.Ordinal);

    private AnswerFile(string path)
    {
        foreach (var section in File.ReadAllText(path).Split("\n== ").Skip(1))
        {
            var lines = section.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines[0].StartsWith("base ", StringComparison.Ordinal))
            {
                _bases[lines[0][5..]] = (TreeMap)TreeJson.Parse(string.Join('\n', lines[1..]));
                continue;
            }

            var colon = lines[0].IndexOf(": ", StringComparison.Ordinal);
            Cases.Add(new Case(lines[0], _bases[lines[0][..colon]], lines[1..]));
        }
    }

    public List<Case> Cases { get; } = [];

    /// <summary>The files beside this source.</summary>
    public static IEnumerable<string> Names([CallerFilePath] string here = "") =>
        Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(here)!, "Answers"), "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static AnswerFile Read(string name, [CallerFilePath] string here = "") => new(Path.Combine(Path.GetDirectoryName(here)!, "Answers", name + ".txt"));

    /// <summary>One case.</summary>
    public sealed class Case
    {
        private readonly TreeMap _base;

        public Case(string title, TreeMap start, string[] lines)
        {
            (Title, _base) = (title, start);
            // An indented line goes on with the text of the one before.
            Expected = [.. string.Join('\n', lines).Replace("\n  ", "\v", StringComparison.Ordinal).Split('\n').Where(IsExpected).Select(e => e.Replace("\v", "\n  ", StringComparison.Ordinal))];
            lines = [.. lines.Where(l => !l.StartsWith("  ", StringComparison.Ordinal))];
            foreach (var line in lines.Where(l => !IsExpected(l)))
            {
                if (line.StartsWith("--- ", StringComparison.Ordinal))
                {
                    Steps.Add((line[4..], []));
                }
                else
                {
                    Steps[^1].Changes.Add(line);
                }
            }
        }

        public string Title { get; }

        /// <summary>What is written one after the other: first a create, then updates of the object or of a subresource.</summary>
        public List<(string What, List<string> Changes)> Steps { get; } = [("create", [])];

        public IReadOnlyList<string> Expected { get; }

        public TreeMap Start() => (TreeMap)_base.DeepClone();

        private static bool IsExpected(string line) => line is ['!' or '?' or '#' or '=', ' ', ..];
    }

    /// <summary>Sets the field that a line names.</summary>
    public static void Change(TreeMap value, string line)
    {
        var at = line.IndexOf(" = ", StringComparison.Ordinal);
        var steps = Steps(line[..at]);
        Tree into = value;
        for (var i = 0; i < steps.Count - 1; i++)
        {
            into = Next(into, steps[i], steps[i + 1]);
        }

        var wanted = line[(at + 3)..];
        if (wanted == "nothing")
        {
            ((TreeMap)into).Remove(steps[^1]);
        }
        else if (into is TreeList list)
        {
            var index = int.Parse(steps[^1], CultureInfo.InvariantCulture);
            if (index == list.Count)
            {
                list.Add(TreeJson.Parse(wanted));
            }
            else
            {
                list[index] = TreeJson.Parse(wanted);
            }
        }
        else
        {
            ((TreeMap)into)[steps[^1]] = TreeJson.Parse(wanted);
        }
    }

    /// <summary>The value at a path.</summary>
    public static string At(Tree? value, string path)
    {
        foreach (var step in Steps(path))
        {
            value = value switch
            {
                TreeMap map => map[step],
                TreeList list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < list.Count => list[i],
                _ => null,
            };
        }

        return value?.ToString() ?? "nothing";
    }

    private static Tree Next(Tree into, string step, string after)
    {
        if (into is TreeList list)
        {
            var index = int.Parse(step, CultureInfo.InvariantCulture);
            if (index == list.Count)
            {
                list.Add(new TreeMap());
            }

            return list[index];
        }

        var map = (TreeMap)into;
        return map[step] ?? (map[step] = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? new TreeList() : new TreeMap());
    }

    private static List<string> Steps(string path) => [.. Step().Matches(path).Select(m => m.Groups.Values.Skip(1).First(g => g.Success).Value)];

    [GeneratedRegex("""\[(\d+)\]|\["([^"]*)"\]|([^.\[\]]+)""", RegexOptions.None, 1000)]
    private static partial Regex Step();
}
