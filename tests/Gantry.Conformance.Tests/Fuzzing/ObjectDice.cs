using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>Objects that mostly have the shape of their type, and hardly ever its sense.</summary>
internal static class ObjectDice
{
    private const int Deepest = 9;

    /// <summary>An object of a kind with a name.</summary>
    public static TreeMap Object(Dice dice, ResourceType type, string name)
    {
        var made = Fields(dice, type.Schema, 0);
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

    private static TreeMap Fields(Dice dice, TypeSchema type, int depth)
    {
        var made = new TreeMap();
        foreach (var field in type.Fields)
        {
            // Required fields mostly, others seldom, the deeper the more so.
            if (field.Required ? !dice.Once(12) : depth < Deepest && dice.Once(3 + (depth * 2)))
            {
                made[field.Name] = Field(dice, field, depth);
            }
        }

        if (dice.Once(25))
        {
            made[dice.Word()] = Any(dice);
        }

        return made;
    }

    private static Tree Field(Dice dice, FieldSchema field, int depth) => dice.Once(40) ? Any(dice) : field.Cardinality switch
    {
        Cardinality.List => new TreeList(Enumerable.Range(0, dice.Below(3)).Select(_ => Value(dice, field, depth))),
        Cardinality.Map => Map(dice, () => Value(dice, field, depth)),
        _ => Value(dice, field, depth),
    };

    private static Tree Value(Dice dice, FieldSchema field, int depth) => field.Kind switch
    {
        ValueKind.Object => Fields(dice, field.Type, depth + 1),
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
