using System.Text.Json;
using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>One decoding: the reader's recursion over a schema, with what it found wrong.</summary>
/// <param name="collects">Whether unknown and duplicate fields are of interest.</param>
/// <param name="fromMap">Whether the value is no text but a map, as patches make it: the Go server converts those by other code with other words.</param>
internal sealed class DecodeRun(bool collects, bool fromMap)
{
    // The Go decoder stops collecting at this many.
    private const int MostProblems = 100;

    private readonly bool _collects = collects;
    private readonly bool _fromMap = fromMap;
    private DecodePath _path = new();
    private string _struct = "";
    private Tree?[] _slots = [];
    private int _top;

    public string? Error { get; private set; }

    public List<string>? Problems { get; private set; }

    /// <summary>What stands twice in objects of no described type.</summary>
    public static IReadOnlyList<string> Duplicates(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, TreeJson.ReaderOptions);
        var run = new DecodeRun(collects: true, fromMap: false);
        reader.Read();
        run.Free(ref reader);
        return run.Problems ?? [];
    }

    /// <summary>The object at which the reader stands; null for JSON null and for anything else, which is an error.</summary>
    public TreeMap? Object(ref Utf8JsonReader reader, TypeSchema schema)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (reader.TokenType != JsonTokenType.Null)
            {
                Mismatch(ref reader, schema.Name, "cannot restore struct from: ");
                reader.Skip();
            }
            return null;
        }
        var fields = schema.Fields;
        var from = _top;
        _top += fields.Count;
        if (_top > _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(Math.Max(_slots.Length * 2, 128), _top));
        }
        var outer = _struct;
        _struct = schema.Name;
        TreeMap? unknown = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var index = reader.ValueIsEscaped ? Place(fields, TreeJson.Text(ref reader)) : schema.IndexOf(reader.ValueSpan);
            if (index >= 0)
            {
                Known(ref reader, fields[index], ref _slots[from + index], from + index);
                continue;
            }
            Unknown(ref reader, schema, ref unknown);
        }
        _struct = outer;
        var map = Collect(fields, from, unknown);
        _top = from;
        return map;
    }

    private static int Place(IReadOnlyList<FieldSchema> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Name == name)
            {
                return i;
            }
        }
        return -1;
    }

    private void Known(ref Utf8JsonReader reader, FieldSchema field, ref Tree? slot, int place)
    {
        if (slot is not null)
        {
            Problem("duplicate", field.Name);
        }
        reader.Read();
        _path.Field(field.Name);
        // The slots may be moved by what is read inside, so the slot is found again.
        var value = Value(ref reader, field);
        _slots[place] = value ?? (_collects ? TreeNull.Instance : null);
        _path.Pop();
    }

    private void Unknown(ref Utf8JsonReader reader, TypeSchema schema, ref TreeMap? unknown)
    {
        var name = schema.PreservesUnknown || _collects ? TreeJson.Text(ref reader) : "";
        reader.Read();
        if (schema.PreservesUnknown)
        {
            unknown ??= new TreeMap();
            if (unknown.Contains(name))
            {
                Problem("duplicate", name);
            }
            _path.Key(name);
            unknown[name] = Free(ref reader);
            _path.Pop();
            return;
        }
        Problem("unknown", name);
        reader.Skip();
    }

    /// <summary>A value of no described type inside an object that keeps everything; what stands twice in it is a problem all the same.</summary>
    private Tree Free(ref Utf8JsonReader reader)
    {
        if (!_collects)
        {
            return TreeJson.Value(ref reader);
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new TreeMap();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = TreeJson.Text(ref reader);
                    if (map.Contains(key))
                    {
                        Problem("duplicate", key);
                    }
                    reader.Read();
                    _path.Key(key);
                    map[key] = Free(ref reader);
                    _path.Pop();
                }
                return map;
            case JsonTokenType.StartArray:
                var list = new TreeList();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    _path.Index(list.Count);
                    list.Add(Free(ref reader));
                    _path.Pop();
                }
                return list;
            default:
                return TreeJson.Value(ref reader);
        }
    }

    private TreeMap Collect(IReadOnlyList<FieldSchema> fields, int from, TreeMap? unknown)
    {
        var slots = _slots.AsSpan(from, fields.Count);
        var count = unknown?.Count ?? 0;
        foreach (var slot in slots)
        {
            count += slot is null or TreeNull ? 0 : 1;
        }
        var map = new TreeMap(count);
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] is { } value and not TreeNull)
            {
                map.Add(fields[i].Name, value);
            }
        }
        for (var i = 0; unknown is not null && i < unknown.Count; i++)
        {
            map.Add(unknown.KeyAt(i), unknown.ValueAt(i));
        }
        slots.Clear();
        return map;
    }

    private Tree? Value(ref Utf8JsonReader reader, FieldSchema field)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        return field.Cardinality switch
        {
            Cardinality.List => List(ref reader, field),
            Cardinality.Map => Map(ref reader, field),
            _ => One(ref reader, field),
        };
    }

    private TreeList? List(ref Utf8JsonReader reader, FieldSchema field)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Mismatch(ref reader, "[]" + GoNames.Of(field), "cannot restore slice from ");
            reader.Skip();
            return null;
        }
        var list = new TreeList();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _path.Index(list.Count);
            list.Add((reader.TokenType == JsonTokenType.Null ? null : One(ref reader, field)) ?? Zero.OfItem(field));
            _path.Pop();
        }
        return list;
    }

    private TreeMap? Map(ref Utf8JsonReader reader, FieldSchema field)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Mismatch(ref reader, field.Kind == ValueKind.Quantity ? "v1.ResourceList" : "map[string]" + GoNames.Of(field), "cannot restore map from ");
            reader.Skip();
            return null;
        }
        var map = new TreeMap();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = TreeJson.Text(ref reader);
            if (_collects && map.Contains(key))
            {
                Problem("duplicate", key);
            }
            reader.Read();
            _path.Key(key);
            map[key] = (reader.TokenType == JsonTokenType.Null ? null : One(ref reader, field)) ?? Zero.OfItem(field);
            _path.Pop();
        }
        return MapOrder.Sorted(map);
    }

    private Tree? One(ref Utf8JsonReader reader, FieldSchema field)
    {
        if (field.Kind == ValueKind.Object)
        {
            return Object(ref reader, field.Type);
        }
        if (field.Kind == ValueKind.Any)
        {
            return TreeJson.Value(ref reader);
        }
        var value = ScalarReader.Read(ref reader, field.Kind, out var error);
        if (error is not null)
        {
            Error ??= _fromMap && field.Kind == ValueKind.Bytes ? "error decoding from json: " + error : error;
        }
        else if (value is null)
        {
            // Some types read JSON themselves, wherever they stand.
            var wanted = field.Kind is ValueKind.Time or ValueKind.MicroTime or ValueKind.Duration ? "string" : field.Kind == ValueKind.IntOrString ? "int32" : null;
            Mismatch(ref reader, wanted ?? GoNames.Of(field), wanted is null ? field.Kind == ValueKind.Bytes ? "cannot restore slice from " : "" : null);
            reader.Skip();
        }
        return value;
    }

    // What a map says of a value that does not fit: which composite cannot be made of it, else (empty) which scalar.
    private void Mismatch(ref Utf8JsonReader reader, string wanted, string? composite)
    {
        if (Error is not null)
        {
            return;
        }
        if (_fromMap && composite is not null)
        {
            var kind = reader.TokenType switch
            {
                JsonTokenType.StartObject => "map",
                JsonTokenType.StartArray => "slice",
                JsonTokenType.String => "string",
                JsonTokenType.Number => reader.TryGetInt64(out _) ? "int64" : "float64",
                _ => "bool",
            };
            // Go converts a number to a text or to another number, which this code does not take, and nothing else.
            var converts = (wanted == "string" && kind == "int64") || (wanted is "int32" or "int64" && kind == "float64");
            Error = composite.Length > 0 ? composite + kind : converts ? $"cannot convert {kind} to {wanted}" : "unrecognized type: " + wanted;
            return;
        }
        var found = reader.TokenType switch
        {
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.Number => wanted is "int32" or "int64" ? "number " + JsonText.Raw(ref reader) : "number",
            _ => "bool",
        };
        var fields = _path.Fields();
        Error = fields.Length == 0
            ? $"json: cannot unmarshal {found} into Go value of type {wanted}"
            : $"json: cannot unmarshal {found} into Go struct field {_struct[(_struct.IndexOf('.', StringComparison.Ordinal) + 1)..]}.{fields} of type {wanted}";
    }

    private void Problem(string kind, string name)
    {
        if (!_collects || Problems?.Count >= MostProblems)
        {
            return;
        }
        var text = $"{kind} field {GoSyntax.Quoted(_path.Full(name))}";
        Problems ??= [];
        if (!Problems.Contains(text))
        {
            Problems.Add(text);
        }
    }
}
