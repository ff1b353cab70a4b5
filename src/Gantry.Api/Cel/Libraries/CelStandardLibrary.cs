using Gantry.Api.Cel.Checking;

namespace Gantry.Api.Cel.Libraries;

/// <summary>The functions of the language itself: conversions, sizes, texts, times.</summary>
internal static class CelStandardLibrary
{
    private static readonly CelType A = CelType.Parameter("A");

    public static void Declare(CelFunctionTable table)
    {
        foreach (var type in new[]
        {
            CelType.Bool, CelType.Bytes, CelType.Double, CelType.Duration, CelType.Int, CelType.Null, CelType.String, CelType.Timestamp, CelType.Uint,
            CelType.List(CelType.Dyn), CelType.Map(CelType.Dyn, CelType.Dyn), CelType.Optional(CelType.Dyn), CelType.Type,
        })
        {
            table.Type(type);
        }
        Conversions(table);
        foreach (var (type, name) in new[] { (CelType.Bytes, "bytes"), (CelType.List(A), "list"), (CelType.Map(A, CelType.Parameter("B")), "map"), (CelType.String, "string") })
        {
            table.Global("size", "size_" + name, [type], CelType.Int, static a => Size(a[0]));
            table.Member("size", name + "_size", [type], CelType.Int, static a => Size(a[0]));
        }
        Text(table, "contains", "contains_string", static (text, part) => text.Contains(part, StringComparison.Ordinal));
        Text(table, "startsWith", "starts_with_string", static (text, part) => text.StartsWith(part, StringComparison.Ordinal));
        Text(table, "endsWith", "ends_with_string", static (text, part) => text.EndsWith(part, StringComparison.Ordinal));
        table.Global("matches", "matches", [CelType.String, CelType.String], CelType.Bool, static a => CelPattern.Matches(a[0].Text, a[1].Text));
        table.Member("matches", "matches_string", [CelType.String, CelType.String], CelType.Bool, static a => CelPattern.Matches(a[0].Text, a[1].Text));
        Times(table);
    }

    private static void Text(CelFunctionTable table, string name, string id, Func<string, string, bool> test) =>
        table.Member(name, id, [CelType.String, CelType.String], CelType.Bool, a => CelValue.Of(test(a[0].Text, a[1].Text)));

    private static CelValue Size(CelValue value) => CelValue.Of(value.Kind switch
    {
        CelKind.String => CelText.Length(value.Text),
        CelKind.Bytes => value.Bytes.Length,
        _ => value.Count,
    });

    private static void Conversions(CelFunctionTable table)
    {
        table.Global("type", "type", [A], CelType.TypeOf(A), static a => CelValue.Type(CelTypes.NameOf(a[0])));
        table.Global("dyn", "to_dyn", [A], CelType.Dyn, static a => a[0]);
        Conversion(table, CelType.Bool, "bool", (CelType.Bool, "bool"), (CelType.String, "string"));
        Conversion(table, CelType.Bytes, "bytes", (CelType.Bytes, "bytes"), (CelType.String, "string"));
        Conversion(table, CelType.Double, "double", (CelType.Double, "double"), (CelType.Int, "int64"), (CelType.String, "string"), (CelType.Uint, "uint64"));
        Conversion(table, CelType.Duration, "duration", (CelType.Duration, "duration"), (CelType.Int, "int64"), (CelType.String, "string"));
        Conversion(
            table, CelType.Int, "int64",
            (CelType.Int, "int64"), (CelType.Double, "double"), (CelType.Duration, "duration"), (CelType.String, "string"), (CelType.Timestamp, "timestamp"), (CelType.Uint, "uint64"));
        Conversion(
            table, CelType.String, "string",
            (CelType.String, "string"), (CelType.Bool, "bool"), (CelType.Bytes, "bytes"), (CelType.Double, "double"), (CelType.Duration, "duration"),
            (CelType.Int, "int64"), (CelType.Timestamp, "timestamp"), (CelType.Uint, "uint64"));
        Conversion(table, CelType.Timestamp, "timestamp", (CelType.Timestamp, "timestamp"), (CelType.Int, "int64"), (CelType.String, "string"));
        Conversion(table, CelType.Uint, "uint64", (CelType.Uint, "uint64"), (CelType.Double, "double"), (CelType.Int, "int64"), (CelType.String, "string"));
    }

    private static void Conversion(CelFunctionTable table, CelType to, string name, params (CelType Type, string Name)[] from)
    {
        var function = to.ToString();
        foreach (var (type, id) in from)
        {
            table.Global(function, $"{id}_to_{name}", [type], to, a => CelConversions.Convert(function, a[0]) ?? CelValue.Error(CelArithmetic.NoOverload));
        }
    }

    private static void Times(CelFunctionTable table)
    {
        Part(table, "getFullYear", "year", static (t, _) => t.Year);
        Part(table, "getMonth", "month", static (t, _) => t.Month - 1);
        Part(table, "getDayOfYear", "day_of_year", static (t, _) => t.DayOfYear - 1);
        Part(table, "getDayOfMonth", "day_of_month", static (t, _) => t.Day - 1);
        Part(table, "getDate", "day_of_month_1_based", static (t, _) => t.Day);
        Part(table, "getDayOfWeek", "day_of_week", static (t, _) => (int)t.DayOfWeek);
        Part(table, "getHours", "hours", static (t, _) => t.Hour, 3600_000_000_000);
        Part(table, "getMinutes", "minutes", static (t, _) => t.Minute, 60_000_000_000);
        Part(table, "getSeconds", "seconds", static (t, _) => t.Second, 1_000_000_000);
        Part(table, "getMilliseconds", "milliseconds", static (_, nanos) => nanos / 1_000_000, 1_000_000);
    }

    private static void Part(CelFunctionTable table, string function, string name, Func<DateTime, int, int> part, long duration = 0)
    {
        table.Member(function, "timestamp_to_" + name, [CelType.Timestamp], CelType.Int, a => Part(a[0], "", part));
        table.Member(function, $"timestamp_to_{name}_with_tz", [CelType.Timestamp, CelType.String], CelType.Int, a => Part(a[0], a[1].Text, part));
        if (duration > 0)
        {
            table.Member(function, "duration_to_" + name, [CelType.Duration], CelType.Int, a => CelValue.Of(a[0].Nanoseconds / duration));
        }
    }

    private static CelValue Part(CelValue time, string zone, Func<DateTime, int, int> part) =>
        CelTime.In(time, zone) is { } local ? CelValue.Of((long)part(local, time.SecondNanos)) : CelValue.Error($"unknown time zone {zone}");
}
