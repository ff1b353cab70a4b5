using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Defaults;

/// <summary>
/// Fills in the constant defaults of <see cref="FieldSchema.Default"/>, in every object that is there (and in those that Go holds by value, which always
/// are). Resource lists are rounded up to thousandths, which also gives them their canonical text. Defaults that depend on other fields are not its business.
/// </summary>
public static class Defaulter
{
    private const int Milli = -3;

    /// <summary>The object with its defaults; shares what did not change, and is the very same when nothing did.</summary>
    public static TreeMap Apply(TypeSchema schema, TreeMap map)
    {
        TreeMap? copy = null;
        var fields = schema.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            var given = map[field.Name];
            var value = Field(field, given);
            if (!ReferenceEquals(given, value))
            {
                copy ??= map.ShallowCopy(4);
                copy[field.Name] = value;
            }
        }
        return copy ?? map;
    }

    private static Tree? Field(FieldSchema field, Tree? given)
    {
        // A Go field without a pointer cannot tell its zero value from nothing.
        var absent = given is null or TreeNull || (field.Presence != Presence.Optional && field.Kind != ValueKind.Object && Zero.Is(given));
        if (absent && field.DefaultTree is { } value)
        {
            given = value.DeepClone();
        }
        if (field.Kind == ValueKind.Quantity && field.Cardinality == Cardinality.Map && given is TreeMap amounts)
        {
            return Rounded(amounts);
        }
        if (field.Kind != ValueKind.Object)
        {
            return given;
        }
        if (field.Cardinality == Cardinality.One)
        {
            return One(field, given);
        }
        return given switch
        {
            TreeList list => Items(field.Type, list),
            TreeMap map => Values(field.Type, map),
            _ => given,
        };
    }

    private static Tree? One(FieldSchema field, Tree? given)
    {
        if (given is TreeMap map)
        {
            return Apply(field.Type, map);
        }
        if (given is null && field.Presence == Presence.Always && !field.Pointer)
        {
            var made = Apply(field.Type, new TreeMap());
            return made.Count > 0 ? made : null;
        }
        return given;
    }

    private static TreeList Items(TypeSchema type, TreeList list)
    {
        TreeList? copy = null;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is TreeMap item && Apply(type, item) is var value && !ReferenceEquals(item, value))
            {
                copy ??= list.ShallowCopy();
                copy[i] = value;
            }
        }
        return copy ?? list;
    }

    private static TreeMap Values(TypeSchema type, TreeMap map)
    {
        TreeMap? copy = null;
        for (var i = 0; i < map.Count; i++)
        {
            if (map.ValueAt(i) is TreeMap item && Apply(type, item) is var value && !ReferenceEquals(item, value))
            {
                copy ??= map.ShallowCopy();
                copy.SetAt(i, value);
            }
        }
        return copy ?? map;
    }

    private static TreeMap Rounded(TreeMap amounts)
    {
        TreeMap? copy = null;
        for (var i = 0; i < amounts.Count; i++)
        {
            if (amounts.ValueAt(i) is TreeString text && Quantity.TryParse(text.Value, out var amount) && amount.RoundUp(Milli).ToString() is var rounded
                && rounded != text.Value)
            {
                copy ??= amounts.ShallowCopy();
                copy.SetAt(i, new TreeString(rounded));
            }
        }
        return copy ?? amounts;
    }
}
