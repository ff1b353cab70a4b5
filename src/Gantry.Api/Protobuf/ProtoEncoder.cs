using System.Globalization;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Protobuf;

/// <summary>Trees to protobuf messages, byte for byte as the Go server writes them: fields by number, values that are no pointers always.</summary>
internal static class ProtoEncoder
{
    public static void Message(ProtoOutput output, TypeSchema type, TreeMap map) => Fields(output, type.ProtoPlan.Entries, map);

    private static void Fields(ProtoOutput output, IReadOnlyList<ProtoPlan.Entry> entries, TreeMap map)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            var entry = entries[i];
            if (entry.Field is { } field)
            {
                Field(output, entry.Number, field, map[field.Name] is var value and not TreeNull ? value : null);
                continue;
            }
            var mark = output.Length;
            Fields(output, entry.Inner, map);
            output.Head(entry.Number, mark);
        }
    }

    private static void Field(ProtoOutput output, int number, FieldSchema field, Tree? value)
    {
        switch (field.Cardinality)
        {
            case Cardinality.List:
                if (value is TreeList list)
                {
                    for (var i = list.Count - 1; i >= 0; i--)
                    {
                        One(output, number, field, list[i]);
                    }
                }
                return;
            case Cardinality.Map:
                if (value is TreeMap map)
                {
                    Map(output, number, field, MapOrder.Sorted(map));
                }
                return;
        }
        if (value is null)
        {
            var pointer = field.Presence == Presence.Optional || field.Pointer || field.Kind == ValueKind.Bytes
                || (field.Kind == ValueKind.Any && field.Presence != Presence.Always);
            if (!pointer)
            {
                One(output, number, field, null);
            }
            return;
        }
        One(output, number, field, value);
    }

    private static void Map(ProtoOutput output, int number, FieldSchema field, TreeMap map)
    {
        for (var i = map.Count - 1; i >= 0; i--)
        {
            var mark = output.Length;
            if (!(field.Kind == ValueKind.Bytes && map.ValueAt(i) is TreeNull))
            {
                One(output, 2, field, map.ValueAt(i));
            }
            output.Text(1, map.KeyAt(i));
            output.Head(number, mark);
        }
    }

    // A missing value is the zero one.
    private static void One(ProtoOutput output, int number, FieldSchema field, Tree? value)
    {
        switch (field.Kind)
        {
            case ValueKind.String:
                output.Text(number, value is TreeString text ? text.Value : "");
                return;
            case ValueKind.Int32 or ValueKind.Int64:
                output.Integer(number, Whole(value));
                return;
            case ValueKind.Bool:
                output.Integer(number, value is TreeBool { Value: true } ? 1 : 0);
                return;
            case ValueKind.Double:
                output.Double(value is TreeFloat real ? real.Value : Whole(value));
                output.Tag(number, WireType.Fixed64);
                return;
            case ValueKind.Bytes:
                output.Blob(number, value is TreeString base64 ? Convert.FromBase64String(base64.Value) : []);
                return;
        }
        var mark = output.Length;
        switch (field.Kind)
        {
            case ValueKind.Object:
                Message(output, field.Type, value as TreeMap ?? Nothing);
                break;
            case ValueKind.Quantity:
                output.Text(1, value is TreeString amount ? amount.Value : "0");
                break;
            case ValueKind.IntOrString:
                output.Text(3, value is TreeString name ? name.Value : "");
                output.Integer(2, Whole(value));
                output.Integer(1, value is TreeString ? 1 : 0);
                break;
            case ValueKind.Duration:
                output.Integer(1, value is TreeString length && GoDuration.TryParse(length.Value, out var nanoseconds, out _) ? nanoseconds : 0);
                break;
            case ValueKind.Time or ValueKind.MicroTime:
                Time(output, field.Kind == ValueKind.MicroTime, value);
                break;
            default:
                FreeValues.Encode(output, field.Any, value ?? TreeNull.Instance);
                break;
        }
        output.Head(number, mark);
    }

    private static readonly TreeMap Nothing = new();

    private static long Whole(Tree? value) => value switch { TreeInteger integer => integer.Value, TreeFloat real => (long)real.Value, _ => 0 };

    private static void Time(ProtoOutput output, bool micro, Tree? value)
    {
        if (value is not TreeString text || !DateTimeOffset.TryParse(text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return;
        }
        output.Integer(2, micro ? time.UtcTicks % TimeSpan.TicksPerSecond / 10 * 1000 : 0);
        output.Integer(1, time.ToUnixTimeSeconds());
    }
}
