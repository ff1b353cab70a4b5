using Spectre.Console;

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

    public void Print()
    {
        var table = new Table().AddColumns("figure", "measured", "budget").MarkdownBorder();
        foreach (var (figure, measured, budget) in _rows)
        {
            table.AddRow(Markup.Escape(figure), Markup.Escape(measured), Markup.Escape(budget));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 140;
        console.WriteLine();
        console.Write(table);
    }
}
