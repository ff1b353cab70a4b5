using System.Globalization;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Api.Cel;

/// <summary>
/// A value of an expression. Trees are looked into where they are: a <see cref="TreeMap"/> is a map, a <see cref="TreeList"/> a list, and what they hold is
/// made a value when it is reached.
/// </summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    // Lists can be added to themselves again and again.
    private const int MostItems = 1 << 24;

    private readonly object? _object;
    private readonly long _bits;
    private readonly int _nanos;

    private CelValue(CelKind kind, long bits = 0, object? held = null, int nanos = 0)
    {
        Kind = kind;
        _bits = bits;
        _object = held;
        _nanos = nanos;
    }

    public static CelValue Null => default;

    /// <summary>The optional value that holds nothing.</summary>
    public static CelValue None { get; } = new(CelKind.Optional);

    public CelKind Kind { get; }

    public bool Bool => _bits != 0;

    public long Int => _bits;

    public ulong Uint => unchecked((ulong)_bits);

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The text of a string, or the name of a type.</summary>
    public string Text => _object as string ?? "";

    public ReadOnlyMemory<byte> Bytes => _object as byte[] ?? [];

    /// <summary>A duration's nanoseconds.</summary>
    public long Nanoseconds => _bits;

    /// <summary>A timestamp's whole seconds since 1970-01-01 UTC; <see cref="SecondNanos"/> come on top.</summary>
    public long Seconds => _bits;

    /// <summary>0 to 999,999,999.</summary>
    public int SecondNanos => _nanos;

    /// <summary>The object of a value of the host or of a library.</summary>
    public CelObject? Object => _object as CelObject;

    /// <summary>Whether an optional value holds one.</summary>
    public bool HasValue => Kind == CelKind.Optional && _object is not null;

    /// <summary>What an optional value holds; null where it holds nothing.</summary>
    public CelValue Held => _object is CelBox box ? box.Value : default;

    /// <summary>How many items a list or entries a map has.</summary>
    public int Count => _object switch
    {
        TreeList list => list.Count,
        CelValue[] items => items.Length,
        CelList items => items.Count,
        CelConcat items => items.Count,
        TreeMap map => map.Count,
        CelEntries entries => entries.Count,
        CelTypedTree tree => tree.Count,
        _ => 0,
    };

    internal CelFault Fault => (CelFault)_object!;

    internal bool IsError => Kind == CelKind.Error;

    internal CelTypedTree? Typed => _object as CelTypedTree;

    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, unchecked((long)value));

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(string value) => new(CelKind.String, 0, value);

    /// <param name="value">Not copied; it must not change any more.</param>
    public static CelValue Of(byte[] value) => new(CelKind.Bytes, 0, value);

    /// <param name="items">Not copied; they must not change any more.</param>
    public static CelValue Of(CelValue[] items) => new(CelKind.List, 0, items);

    public static CelValue Of(CelObject value) => new(CelKind.Object, 0, value);

    public static CelValue Duration(long nanoseconds) => new(CelKind.Duration, nanoseconds);

    public static CelValue Timestamp(long seconds, int nanos) => new(CelKind.Timestamp, seconds, null, nanos);

    public static CelValue Timestamp(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0 ? Timestamp(seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * 100) : Timestamp(seconds, (int)rest * 100);
    }

    /// <summary>The optional value that holds one.</summary>
    public static CelValue Optional(CelValue value) => new(CelKind.Optional, 0, new CelBox(value));

    /// <summary>What an evaluation ends with that cannot have a value.</summary>
    public static CelValue Error(string message) => new(CelKind.Error, 0, new CelFault(message));

    /// <summary>The value of a tree; maps and lists are shared with it.</summary>
    public static CelValue Of(Tree tree) => tree switch
    {
        TreeBool flag => Of(flag.Value),
        TreeInteger integer => Of(integer.Value),
        TreeFloat real => Of(real.Value),
        TreeString text => Of(text.Value),
        TreeList list => new(CelKind.List, 0, list),
        TreeMap map => new(CelKind.Map, 0, map),
        _ => Null,
    };

    /// <summary>The value of a tree as a schema describes it: texts may be times, durations or bytes, whole numbers may be fractions, names are escaped.</summary>
    public static CelValue Of(Tree tree, CelType type) => CelTreeValues.Of(tree, type);

    internal static CelValue Of(CelTypedTree tree) => new(tree.Map is null ? CelKind.List : CelKind.Map, 0, tree);

    internal static CelValue Of(CelList list) => new(CelKind.List, 0, list);

    internal static CelValue Type(string name) => new(CelKind.Type, 0, name);

    internal static CelValue Of(CelEntries entries) => new(CelKind.Map, 0, entries);

    /// <summary>The item of a list.</summary>
    public CelValue ItemAt(int index) => _object switch
    {
        CelValue[] items => items[index],
        CelList items => items[index],
        CelConcat items => items[index],
        TreeList list => Of(list[index]),
        _ => Typed!.ItemAt(index),
    };

    /// <summary>The key of a map's entry.</summary>
    public CelValue KeyAt(int index) => _object switch
    {
        TreeMap map => Of(map.KeyAt(index)),
        CelEntries entries => entries.KeyAt(index),
        _ => Of(Typed!.Map!.KeyAt(index)),
    };

    /// <summary>The value of a map's entry.</summary>
    public CelValue ValueAt(int index) => _object switch
    {
        TreeMap map => Of(map.ValueAt(index)),
        CelEntries entries => entries.ValueAt(index),
        _ => Typed!.ValueAt(index),
    };

    /// <summary>What a map holds under a key.</summary>
    public bool TryFind(CelValue key, out CelValue value)
    {
        value = default;
        switch (_object)
        {
            case CelEntries entries:
                return entries.TryGet(key, out value);
            case CelTypedTree { Map: not null } tree when key.Kind == CelKind.String:
                return tree.TryFind(key.Text, out value);
            case TreeMap map when key.Kind == CelKind.String && map[key.Text] is { } found:
                value = Of(found);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The items of two lists in one.</summary>
    internal CelValue Plus(CelValue other)
    {
        if ((long)Count + other.Count > MostItems)
        {
            return Error($"list exceeds {MostItems} items");
        }
        if (Count == 0 || other.Count == 0)
        {
            return Count == 0 && other.Count == 1 ? Of(new CelList(other.Items())) : Count == 0 ? other : this;
        }
        return _object is CelList list && other.Count == 1 ? Of(list.Plus(other)) : new(CelKind.List, 0, new CelConcat(this, other));
    }

    internal IEnumerable<CelValue> Items()
    {
        var count = Count;
        for (var i = 0; i < count; i++)
        {
            yield return Kind == CelKind.Map ? KeyAt(i) : ItemAt(i);
        }
    }

    /// <summary>Equality as <c>==</c> has it: numbers by value over all types, not-a-number unlike everything, other types never equal to one another.</summary>
    public bool Equals(CelValue other) => CelEquality.Same(this, other);

    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    public override int GetHashCode() => CelEquality.Hash(this);

    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>The value as a literal, or as near to one as there is.</summary>
    public override string ToString()
    {
        var value = this;
        return Kind switch
        {
            CelKind.Null => "null",
            CelKind.Bool => Bool ? "true" : "false",
            CelKind.Int => Int.ToString(CultureInfo.InvariantCulture),
            CelKind.Uint => Uint.ToString(CultureInfo.InvariantCulture) + "u",
            CelKind.Double => Double.ToString("R", CultureInfo.InvariantCulture),
            CelKind.String => GoSyntax.Quoted(Text),
            CelKind.Bytes => "b" + GoSyntax.Quoted(Encoding.Latin1.GetString(Bytes.Span)),
            CelKind.List => "[" + string.Join(", ", Enumerable.Range(0, Count).Select(i => value.ItemAt(i))) + "]",
            CelKind.Map => "{" + string.Join(", ", Enumerable.Range(0, Count).Select(i => $"{value.KeyAt(i)}: {value.ValueAt(i)}")) + "}",
            CelKind.Timestamp => $"timestamp({CelTime.Format(this)})",
            CelKind.Duration => $"duration({GoDuration.Format(Nanoseconds)})",
            CelKind.Optional => HasValue ? $"optional.of({Held})" : "optional.none()",
            CelKind.Object => Object!.ToString() ?? Object.Type.Name,
            CelKind.Type => Text,
            _ => Fault.Message,
        };
    }
}
