using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>
/// Gives an object the form in which the Go server prints it: fields in schema order, empty ones left out, zero ones added or <c>null</c> as
/// <see cref="FieldSchema.Presence"/> says, map keys sorted. What is in that form already is shared with the result.
/// </summary>
public static class Canonical
{
    /// <param name="schema">The object's type.</param>
    /// <param name="map">A decoded, patched or defaulted object; it is not changed.</param>
    public static TreeMap Of(TypeSchema schema, TreeMap map)
    {
        var next = 0;
        TreeMap? copy = null;
        var fields = schema.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            var inPlace = next < map.Count && ReferenceEquals(map.KeyAt(next), field.Name);
            var given = inPlace ? map.ValueAt(next) : map[field.Name];
            var value = Field(field, given);
            if (copy is null && (inPlace ? ReferenceEquals(value, given) : given is null && value is null))
            {
                next += inPlace ? 1 : 0;
                continue;
            }
            copy ??= Beginning(map, next, fields.Count);
            if (value is not null)
            {
                copy.Add(field.Name, value);
            }
            next += inPlace ? 1 : 0;
        }
        if (!schema.PreservesUnknown)
        {
            return copy ?? (next == map.Count ? map : Beginning(map, next, fields.Count));
        }
        return Unknown(schema, map, copy, next);
    }

    private static TreeMap Unknown(TypeSchema schema, TreeMap map, TreeMap? copy, int next)
    {
        if (copy is null && next == map.Count)
        {
            return map;
        }
        copy ??= Beginning(map, next, map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            if (schema.Find(map.KeyAt(i)) is null)
            {
                copy.Add(map.KeyAt(i), map.ValueAt(i));
            }
        }
        return copy;
    }

    private static TreeMap Beginning(TreeMap map, int count, int capacity)
    {
        var copy = new TreeMap(Math.Max(count, Math.Min(capacity, map.Count + 4)));
        for (var i = 0; i < count; i++)
        {
            copy.Add(map.KeyAt(i), map.ValueAt(i));
        }
        return copy;
    }

    // The value as it is printed, or null when the field is left out.
    private static Tree? Field(FieldSchema field, Tree? given)
    {
        if (given is TreeNull)
        {
            given = null;
        }
        if (field.Cardinality != Cardinality.One)
        {
            return Many(field, given);
        }
        if (field.Kind == ValueKind.Object)
        {
            return given switch
            {
                TreeMap map => Of(field.Type, map),
                null when field.Presence == Presence.Always => field.Pointer ? TreeNull.Instance : Of(field.Type, new TreeMap()),
                _ => given,
            };
        }
        return field.Presence switch
        {
            Presence.Always => given ?? (field.Pointer ? TreeNull.Instance : Zero.Of(field)),
            Presence.OmitEmpty when given is not null && field.Kind != ValueKind.Any && Zero.Is(given) => null,
            _ => given,
        };
    }

    private static Tree? Many(FieldSchema field, Tree? given)
    {
        var empty = given is null || Zero.Is(given);
        if (empty)
        {
            return field.Presence switch { Presence.Always => TreeNull.Instance, Presence.Optional => given, _ => null };
        }
        return given switch
        {
            TreeList list when field.Kind == ValueKind.Object => Items(field.Type, list),
            TreeMap map => Values(field, MapOrder.Sorted(map)),
            _ => given,
        };
    }

    private static TreeList Items(TypeSchema type, TreeList list)
    {
        TreeList? copy = null;
        for (var i = 0; i < list.Count; i++)
        {
            var item = list[i];
            var canonical = item is TreeMap map ? Of(type, map) : item;
            if (!ReferenceEquals(item, canonical))
            {
                copy ??= list.ShallowCopy();
                copy[i] = canonical;
            }
        }
        return copy ?? list;
    }

    private static TreeMap Values(FieldSchema field, TreeMap map)
    {
        if (field.Kind != ValueKind.Object)
        {
            return map;
        }
        TreeMap? copy = null;
        for (var i = 0; i < map.Count; i++)
        {
            var canonical = map.ValueAt(i) is TreeMap value ? Of(field.Type, value) : map.ValueAt(i);
            if (!ReferenceEquals(map.ValueAt(i), canonical))
            {
                copy ??= map.ShallowCopy();
                copy.SetAt(i, canonical);
            }
        }
        return copy ?? map;
    }
}
