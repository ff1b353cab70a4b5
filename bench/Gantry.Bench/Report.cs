namespace Gantry.Bench;

/// <summary>The figures measured so far; each is printed when it is known, and all again as a table.</summary>
internal sealed class Report
{
    private readonly List<(string Figure, string Measured, string Budget)> _rows = [];

    public void Add(string figure, string measured, string budget = "")
    {
        _rows.Add((figure, measured, budget));
        Console.WriteLine($"{figure}: {measured}{(budget.Length > 0 ? $" (budget {budget})" : "")}");
    }

    /// <summary>Prints the figures as a Markdown table.</summary>
    public void Print()
    {
        string[][] rows = [["figure", "measured", "budget"], .. _rows.Select(r => new[] { r.Figure, r.Measured, r.Budget })];
        var widths = Enumerable.Range(0, 3).Select(c => rows.Max(r => r[c].Length)).ToArray();
        Console.WriteLine();
        foreach (var (number, row) in rows.Index())
        {
            Console.WriteLine($"| {row[0].PadRight(widths[0])} | {row[1].PadRight(widths[1])} | {row[2].PadRight(widths[2])} |");
            if (number == 0)
            {
                Console.WriteLine($"|{new string('-', widths[0] + 2)}|{new string('-', widths[1] + 2)}|{new string('-', widths[2] + 2)}|");
            }
        }
    }
}
