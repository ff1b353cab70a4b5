using Gantry.Api;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Tables;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>A column of a custom resource's table, and where its cells come from.</summary>
public sealed record PrinterColumn(TableColumn Column, JsonPath Path)
{
    private static readonly PrinterColumn Name = new(new TableColumn("Name", "string", "name", 0, "the object's name"), JsonPath.Parse(".metadata.name")!);
    private static readonly PrinterColumn Age = new(new TableColumn("Age", "date", "", 0, "when the object was made"), JsonPath.Parse(".metadata.creationTimestamp")!);

    /// <summary>The columns of a version of a definition; those from the first on whose path cannot be read are left out.</summary>
    public static IReadOnlyList<PrinterColumn> Of(TreeMap version)
    {
        var columns = new List<PrinterColumn> { Name };
        var described = version.List("additionalPrinterColumns")?.OfType<TreeMap>().ToList() ?? [];
        foreach (var column in described)
        {
            var text = column.Text("jsonPath") ?? "";
            if (JsonPath.Parse(text) is not { } path)
            {
                return columns;
            }

            var priority = (int)((column["priority"] as TreeInteger)?.Value ?? 0);
            var description = column.Text("description") is { Length: > 0 } given ? given : "Custom resource definition column (in JSONPath format): " + text;
            columns.Add(new PrinterColumn(new TableColumn(column.Text("name") ?? "", column.Text("type") ?? "string", column.Text("format") ?? "", priority, description), path));
        }

        return described.Count > 0 ? columns : [Name, Age];
    }

    /// <summary>The cell of an object.</summary>
    public Tree Cell(Tree value, DateTimeOffset now) => (Column.Type, Path.First(value)) switch
    {
        (_, null) => TreeNull.Instance,
        ("string", { } found) => Text(found),
        ("integer", TreeInteger integer) => integer,
        ("integer", TreeFloat real) => TreeInteger.Of((long)real.Value),
        ("number", TreeInteger integer) => new TreeFloat(integer.Value),
        ("number", TreeFloat real) => real,
        ("boolean", TreeBool flag) => flag,
        ("date", TreeString time) => Since(time.Value, now),
        _ => TreeNull.Instance,
    };

    // Maps and lists are JSON, scalars are as Go prints them.
    private static Tree Text(Tree found) => found switch
    {
        TreeString => found,
        TreeMap or TreeList => TreeJson.WriteText(Sorted(found)),
        TreeNull => "<no value>",
        _ => GoSyntax.Plain(found),
    };

    private static Tree Since(string text, DateTimeOffset now) => text is "" or "null" ? HumanTime.Since(null, now)
        : ApiTimes.TryParse(text, ApiTimes.TimeLayout, out var at, out _) ? HumanTime.Since(at, now)
        : "<invalid>";

    private static Tree Sorted(Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                var sorted = new TreeMap();
                foreach (var (key, member) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    sorted[key] = Sorted(member);
                }

                return sorted;
            case TreeList list:
                var items = new TreeList();
                foreach (var item in list)
                {
                    items.Add(Sorted(item));
                }

                return items;
            default:
                return value;
        }
    }
}
