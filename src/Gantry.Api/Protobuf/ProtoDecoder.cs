using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Protobuf;

/// <summary>Protobuf messages to trees. Fields without a description are skipped.</summary>
internal static class ProtoDecoder
{
    public static TreeMap Message(TypeSchema type, ReadOnlySpan<byte> message, int depth)
    {
        var map = new TreeMap();
        Fields(type.ProtoPlan.Entries, message, map, depth);
        return map;
    }

    public static TreeString Text(ReadOnlySpan<byte> utf8) => new(Encoding.UTF8.GetString(utf8));

    private static void Fields(IReadOnlyList<ProtoPlan.Entry> entries, ReadOnlySpan<byte> message, TreeMap map, int depth)
    {
        if (depth > TreeJson.MaxDepth)
        {
            throw new ProtoException("the message is nested too deeply");
        }
        var input = new ProtoInput(message);
        while (input.Next())
        {
            if (ProtoPlan.Find(entries, input.Number) is not { } entry)
            {
                continue;
            }
            if (entry.Field is not { } field)
            {
                input.Want(WireType.Length);
                Fields(entry.Inner, input.Content, map, depth + 1);
                continue;
            }
            switch (field.Cardinality)
            {
                case Cardinality.List:
                    if (map[field.Name] is not TreeList list)
                    {
                        list = new TreeList();
                        map[field.Name] = list;
                    }
                    if (input.Type == WireType.Length && field.Kind is ValueKind.Int32 or ValueKind.Int64 or ValueKind.Bool)
                    {
                        Packed(input.Content, field.Kind, list);
                    }
                    else
                    {
                        list.Add(One(ref input, field, depth));
                    }
                    break;
                case Cardinality.Map:
                    if (map[field.Name] is not TreeMap values)
                    {
                        values = new TreeMap();
                        map[field.Name] = values;
                    }
                    Entry(ref input, field, values, depth);
                    break;
                default:
                    map[field.Name] = One(ref input, field, depth);
                    break;
            }
        }
    }

    // The Go server writes each number by itself; other libraries put them into one field.
    private static void Packed(ReadOnlySpan<byte> content, ValueKind kind, TreeList list)
    {
        for (var input = new ProtoInput(content); input.NextVarint(out var value);)
        {
            list.Add(kind == ValueKind.Bool ? TreeBool.Of(value != 0) : TreeInteger.Of(kind == ValueKind.Int32 ? (int)value : (long)value));
        }
    }

    private static void Entry(ref ProtoInput input, FieldSchema field, TreeMap values, int depth)
    {
        input.Want(WireType.Length);
        var entry = new ProtoInput(input.Content);
        var key = "";
        Tree? value = null;
        while (entry.Next())
        {
            if (entry.Number == 1)
            {
                key = Text(entry.Content).Value;
            }
            else if (entry.Number == 2)
            {
                value = One(ref entry, field, depth);
            }
        }
        values[key] = value ?? Zero.OfItem(field);
    }

    private static Tree One(ref ProtoInput input, FieldSchema field, int depth)
    {
        switch (field.Kind)
        {
            case ValueKind.Int32:
                input.Want(WireType.Varint);
                return (long)(int)input.Value;
            case ValueKind.Int64:
                input.Want(WireType.Varint);
                return (long)input.Value;
            case ValueKind.Bool:
                input.Want(WireType.Varint);
                return input.Value != 0;
            case ValueKind.Double:
                input.Want(WireType.Fixed64);
                return Number(BitConverter.UInt64BitsToDouble(input.Value));
        }
        input.Want(WireType.Length);
        var content = input.Content;
        return field.Kind switch
        {
            ValueKind.String => Text(content),
            ValueKind.Bytes => Convert.ToBase64String(content),
            ValueKind.Object => Message(field.Type, content, depth + 1),
            ValueKind.Quantity => Amount(content),
            ValueKind.IntOrString => PortOrName(content),
            ValueKind.Duration => GoDuration.Format((long)First(content)),
            ValueKind.Time or ValueKind.MicroTime => Time(content, field.Kind == ValueKind.MicroTime),
            _ => FreeValues.Decode(field.Any, content, depth),
        };
    }

    private static Tree Number(double value) => value == Math.Truncate(value) && Math.Abs(value) < 1L << 53 ? (long)value : new TreeFloat(value);

    private static ulong First(ReadOnlySpan<byte> message)
    {
        var input = new ProtoInput(message);
        ulong value = 0;
        while (input.Next())
        {
            value = input.Number == 1 ? input.Value : value;
        }
        return value;
    }

    private static Tree Amount(ReadOnlySpan<byte> message)
    {
        var input = new ProtoInput(message);
        var text = "";
        while (input.Next())
        {
            text = input.Number == 1 ? Text(input.Content).Value : text;
        }
        return text.Length == 0 ? "0"
            : Quantity.TryParse(text, out var amount, out var error) ? amount.ToString()
            : throw new ProtoException(error ?? Quantity.WrongFormat);
    }

    private static Tree PortOrName(ReadOnlySpan<byte> message)
    {
        var input = new ProtoInput(message);
        ulong type = 0, number = 0;
        var text = "";
        while (input.Next())
        {
            switch (input.Number)
            {
                case 1:
                    type = input.Value;
                    break;
                case 2:
                    number = input.Value;
                    break;
                case 3:
                    text = Text(input.Content).Value;
                    break;
            }
        }
        return type == 0 ? (long)(int)number : text;
    }

    private static Tree Time(ReadOnlySpan<byte> message, bool micro)
    {
        if (message.IsEmpty)
        {
            return TreeNull.Instance;
        }
        var input = new ProtoInput(message);
        long seconds = 0, nanos = 0;
        while (input.Next())
        {
            (seconds, nanos) = input.Number switch { 1 => ((long)input.Value, nanos), 2 => (seconds, (int)input.Value), _ => (seconds, nanos) };
        }
        try
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100);
            return micro ? ApiTimes.FormatMicro(time) : ApiTimes.Format(time);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ProtoException("the time is out of range", e);
        }
    }
}
