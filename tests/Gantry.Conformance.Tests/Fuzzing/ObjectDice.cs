using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>Objects that mostly have the shape of their type, and hardly ever its sense.</summary>
internal static class ObjectDice
{
    private const int Deepest = 9;

    /// <summary>An object of a kind with a name.</summary>
    /// <param name="dice">The seed.</param>
    /// <param name="type">The kind.</param>
    /// <param name="name">The name.</param>
    /// <param name="calm">Whether every value can be read, so that what comes after reading meets it.</param>
    public static TreeMap Object(Dice dice, ResourceType type, string name, bool calm = false)
    {
        var made = Fields(dice, type.Schema, 0, calm);
        if (calm)
        {
            made["kind"] = type.Kind;
            made["apiVersion"] = type.Group.Length == 0 ? type.Version : $"{type.Group}/{type.Version}";
            var kept = made.Map("metadata") ?? new TreeMap();
            kept["name"] = name;
            kept.Remove("namespace");
            kept.Remove("resourceVersion");
            made["metadata"] = kept;
            return made;
        }

        made["kind"] = dice.Once(40) ? dice.Word() : type.Kind;
        made["apiVersion"] = dice.Once(40) ? dice.Word() : type.Group.Length == 0 ? type.Version : $"{type.Group}/{type.Version}";
        var metadata = dice.Once(5) && made.Map("metadata") is { } odd ? odd : new TreeMap();
        metadata["name"] = dice.Once(20) ? dice.Word() : name;
        made["metadata"] = metadata;
        return made;
    }

    /// <summary>Any JSON.</summary>
    public static Tree Any(Dice dice, int depth = 0) => dice.Below(depth > 4 ? 5 : 8) switch
    {
        0 => TreeNull.Instance,
        1 => TreeJson.Parse(dice.Once(2) ? "true" : "false"),
        2 or 3 => (TreeString)dice.Word(),
        4 => Number(dice),
        5 => new TreeList(Enumerable.Range(0, dice.Below(4)).Select(_ => Any(dice, depth + 1))),
        _ => Map(dice, () => Any(dice, depth + 1)),
    };

    private static TreeMap Fields(Dice dice, TypeSchema type, int depth, bool calm)
    {
        var made = new TreeMap();
        foreach (var field in type.Fields)
        {
            // Required fields mostly, others seldom, the deeper the more so.
            if (field.Required ? !dice.Once(12) : depth < Deepest && dice.Once(3 + (depth * 2)))
            {
                made[field.Name] = Field(dice, field, depth, calm);
            }
        }

        if (!calm && dice.Once(25))
        {
            made[dice.Word()] = Any(dice);
        }

        return made;
    }

    private static Tree Field(Dice dice, FieldSchema field, int depth, bool calm) => !calm && dice.Once(40) ? Any(dice) : field.Cardinality switch
    {
        Cardinality.List => new TreeList(Enumerable.Range(0, dice.Below(3)).Select(_ => Item(dice, field, depth, calm))),
        Cardinality.Map => Map(dice, () => Item(dice, field, depth, calm)),
        _ => calm ? Calm(dice, field, depth) : Value(dice, field, depth),
    };

    private static Tree Item(Dice dice, FieldSchema field, int depth, bool calm) =>
        dice.Once(20) ? TreeNull.Instance : calm ? Calm(dice, field, depth) : Value(dice, field, depth);

    // Readable, but at the edges of what is.
    private static Tree Calm(Dice dice, FieldSchema field, int depth) => field.Kind switch
    {
        ValueKind.Object => Fields(dice, field.Type, depth + 1, calm: true),
        ValueKind.Int32 => TreeInteger.Of(dice.Of((long[])[0, 1, -1, 2, 3, 80, 443, 65_535, 65_536, int.MaxValue, int.MinValue])),
        ValueKind.Int64 => TreeInteger.Of(dice.Of((long[])[0, 1, -1, 2, 30, 600, 3_600, int.MaxValue, long.MaxValue, long.MinValue])),
        ValueKind.Quantity => (TreeString)dice.Of((string[])["1", "100m", "1Gi", "-1", "0", "1e9", "10E", "1n", "9223372036854775807", "99999999999999999999", "0.000000001", "1Ki", "-0.5"]),
        ValueKind.IntOrString => dice.Once(2) ? TreeInteger.Of(dice.Of((long[])[0, 1, -1, 80, 65_536, int.MaxValue])) : (TreeString)dice.Of((string[])["25%", "101%", "http", "", "%", "-5%", "a--b", "99999999999999999999%"]),
        ValueKind.Time => (TreeString)dice.Of((string[])["2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]),
        ValueKind.MicroTime => (TreeString)dice.Of((string[])["2026-01-01T00:00:00.123456Z", "0001-01-01T00:00:00.000000Z"]),
        ValueKind.Duration => (TreeString)dice.Of((string[])["0s", "1h0m0s", "-5s", "2562047h47m16.854775807s"]),
        ValueKind.Bytes => (TreeString)dice.Of((string[])["", "YQ==", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", "/////w=="]),
        ValueKind.Bool or ValueKind.Double or ValueKind.Any => Value(dice, field, depth),
        _ => (TreeString)(field.Enum.Count > 0 && !dice.Once(8) ? dice.Of(field.Enum) : dice.Word()),
    };

    private static Tree Value(Dice dice, FieldSchema field, int depth) => field.Kind switch
    {
        ValueKind.Object => Fields(dice, field.Type, depth + 1, calm: false),
        ValueKind.Bool => TreeJson.Parse(dice.Once(2) ? "true" : "false"),
        ValueKind.Int32 or ValueKind.Int64 => TreeInteger.Of((long)Math.Clamp(dice.Number(), long.MinValue, long.MaxValue / 2)),
        ValueKind.Double => Number(dice),
        ValueKind.Any => Any(dice),
        ValueKind.Quantity => (TreeString)dice.Of((string[])["1", "100m", "1Gi", "-1", "0", "1e9", "10E", dice.Word()]),
        ValueKind.IntOrString => dice.Once(2) ? TreeInteger.Of(dice.Below(70_000)) : (TreeString)dice.Of((string[])["25%", "101%", "http", dice.Word()]),
        ValueKind.Time or ValueKind.MicroTime => (TreeString)dice.Of((string[])["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456Z", dice.Word()]),
        ValueKind.Bytes => (TreeString)dice.Of((string[])["", "YQ==", dice.Word()]),
        _ => (TreeString)(field.Enum.Count > 0 && !dice.Once(8) ? dice.Of(field.Enum) : dice.Word()),
    };

    private static Tree Number(Dice dice) => TreeJson.Parse(dice.Number().ToString("R", System.Globalization.CultureInfo.InvariantCulture));

    private static TreeMap Map(Dice dice, Func<Tree> value)
    {
        var made = new TreeMap();
        for (var i = dice.Below(4); i > 0; i--)
        {
            made[dice.Word()] = value();
        }

        return made;
    }
}
