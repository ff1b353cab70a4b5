namespace Gantry.Server.Bootstrap;

/// <summary>Reads the small text files beside this class: blocks that begin at the margin, indented lines below them, comments with a hash.</summary>
internal static class BootstrapText
{
    /// <summary>The blocks of a file: the words of the head line, and those of each line below it.</summary>
    public static IEnumerable<(string[] Head, List<string[]> Lines)> Blocks(string file)
    {
        string[]? head = null;
        var lines = new List<string[]>();
        foreach (var line in Read(file).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == ' ')
            {
                lines.Add(words);
                continue;
            }

            if (head is not null)
            {
                yield return (head, lines);
            }

            (head, lines) = (words, []);
        }

        if (head is not null)
        {
            yield return (head, lines);
        }
    }

    /// <summary>The word after a keyword, or null where the line has no such keyword.</summary>
    public static string? After(string[] words, string keyword, int from = 1)
    {
        var at = Array.IndexOf(words, keyword, from);
        return at < 0 ? null : words[at + 1];
    }

    public static string[] List(string column) => column.Split(',');

    /// <summary>The groups of a rule: <c>core</c> is the one without a name, and the default.</summary>
    public static string[] Groups(string? column) => column is null ? [""] : [.. List(column).Select(g => g == "core" ? "" : g)];

    private static string Read(string file)
    {
        using var stream = typeof(BootstrapText).Assembly.GetManifestResourceStream("Bootstrap." + file)
            ?? throw new InvalidOperationException($"the assembly lacks its resource Bootstrap.{file}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
