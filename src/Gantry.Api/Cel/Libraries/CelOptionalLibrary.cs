namespace Gantry.Api.Cel.Libraries;

/// <summary>Optional values: <c>optional.of(x)</c>, <c>hasValue()</c>, <c>orValue(x)</c> and so on.</summary>
internal static class CelOptionalLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var value = CelType.Parameter("V");
        var optional = CelType.Optional(value);
        table.Global("optional.of", "optional_of", [value], optional, static a => CelValue.Optional(a[0]));
        table.Global("optional.ofNonZeroValue", "optional_ofNonZeroValue", [value], optional, static a => IsZero(a[0]) ? CelValue.None : CelValue.Optional(a[0]));
        table.Global("optional.none", "optional_none", [], optional, static _ => CelValue.None);
        table.Member("value", "optional_value", [optional], value, static a => a[0].HasValue ? a[0].Held : CelValue.Error("optional.none() dereference"));
        table.Member("hasValue", "optional_hasValue", [optional], CelType.Bool, static a => CelValue.Of(a[0].HasValue));
        table.Member("or", "optional_or_optional", [optional, optional], optional, static a => a[0].HasValue ? a[0] : a[1]);
        table.Member("orValue", "optional_orValue_value", [optional, value], value, static a => a[0].HasValue ? a[0].Held : a[1]);
        table.Global("cel.@mapInsert", "@mapInsert_map_map", [MapOf("K", "V"), MapOf("K", "V")], MapOf("K", "V"), static a => Insert(a[0], a[1]));
        table.Global("cel.@mapInsert", "@mapInsert_map_key_value", [MapOf("K", "V"), CelType.Parameter("K"), value], MapOf("K", "V"), static a => Insert(a[0], a[1], a[2]));
    }

    private static CelType MapOf(string key, string value) => CelType.Map(CelType.Parameter(key), CelType.Parameter(value));

    private static CelValue Insert(CelValue map, CelValue other)
    {
        for (var i = 0; i < other.Count && !map.IsError; i++)
        {
            map = Insert(map, other.KeyAt(i), other.ValueAt(i));
        }
        return map;
    }

    private static CelValue Insert(CelValue map, CelValue key, CelValue value)
    {
        var entries = new CelEntries();
        for (var i = 0; i < map.Count; i++)
        {
            entries.Add(map.KeyAt(i), map.ValueAt(i));
        }
        return entries.Add(key, value) ? CelValue.Of(entries) : CelValue.Error($"insert failed: key {key} already exists");
    }

    private static bool IsZero(CelValue value) => value.Kind switch
    {
        CelKind.Null => true,
        CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Duration => value.Int == 0,
        CelKind.Double => value.Double == 0,
        CelKind.String => value.Text.Length == 0,
        CelKind.Bytes => value.Bytes.Length == 0,
        CelKind.List or CelKind.Map => value.Count == 0,
        CelKind.Optional => !value.HasValue,
        CelKind.Timestamp => value.Seconds == CelTime.FirstSecond && value.SecondNanos == 0,
        _ => false,
    };
}
