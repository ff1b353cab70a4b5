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

    public CelKind Kind { get; }

    public bool Bool => _bits != 0;

    public long Int => _bits;

    public ulong Uint => unchecked((ulong)_bits);

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The text of a string, or the name of a type.</summary>
    public string Text => (string?)_object ?? "";

    public ReadOnlyMemory<byte> Bytes => (byte[]?)_object ?? [];

    /// <summary>A duration's nanoseconds.</summary>
    public long Nanoseconds => _bits;

    /// <summary>A timestamp's whole seconds since 1970-01-01 UTC; <see cref="SecondNanos"/> come on top.</summary>
    public long Seconds => _bits;

    /// <summary>0 to 999,999,999.</summary>
    public int SecondNanos => _nanos;

    /// <summary>How many items a list or entries a map has.</summary>
    public int Count => _object switch
    {
        TreeList list => list.Count,
        CelValue[] items => items.Length,
        TreeMap map => map.Count,
        CelEntries entries => entries.Count,
        _ => 0,
    };

    internal CelFault Fault => (CelFault)_object!;

    internal bool IsError => Kind == CelKind.Error;

    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, unchecked((long)value));

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(string value) => new(CelKind.String, 0, value);

    /// <param name="value">Not copied; it must not change any more.</param>
    public static CelValue Of(byte[] value) => new(CelKind.Bytes, 0, value);

    /// <param name="items">Not copied; they must not change any more.</param>
    public static CelValue Of(CelValue[] items) => new(CelKind.List, 0, items);

    public static CelValue Duration(long nanoseconds) => new(CelKind.Duration, nanoseconds);

    public static CelValue Timestamp(long seconds, int nanos) => new(CelKind.Timestamp, seconds, null, nanos);

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

    internal static CelValue Type(string name) => new(CelKind.Type, 0, name);

    internal static CelValue Of(CelEntries entries) => new(CelKind.Map, 0, entries);

    internal static CelValue Error(string message, int position) => new(CelKind.Error, 0, new CelFault(message, position));

    /// <summary>The item of a list.</summary>
    public CelValue ItemAt(int index) => _object is TreeList list ? Of(list[index]) : ((CelValue[])_object!)[index];

    /// <summary>The key of a map's entry.</summary>
    public CelValue KeyAt(int index) => _object is TreeMap map ? Of(map.KeyAt(index)) : ((CelEntries)_object!).KeyAt(index);

    /// <summary>The value of a map's entry.</summary>
    public CelValue ValueAt(int index) => _object is TreeMap map ? Of(map.ValueAt(index)) : ((CelEntries)_object!).ValueAt(index);

    /// <summary>What a map holds under a key.</summary>
    public bool TryFind(CelValue key, out CelValue value)
    {
        if (_object is CelEntries entries)
        {
            return entries.TryGet(key, out value);
        }
        var tree = _object is TreeMap map && key.Kind == CelKind.String ? map[key.Text] : null;
        value = tree is null ? default : Of(tree);
        return tree is not null;
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
            CelKind.String => GoNames.Quoted(Text),
            CelKind.Bytes => "b" + GoNames.Quoted(Encoding.Latin1.GetString(Bytes.Span)),
            CelKind.List => "[" + string.Join(", ", Enumerable.Range(0, Count).Select(i => value.ItemAt(i))) + "]",
            CelKind.Map => "{" + string.Join(", ", Enumerable.Range(0, Count).Select(i => $"{value.KeyAt(i)}: {value.ValueAt(i)}")) + "}",
            CelKind.Timestamp => $"timestamp({CelTime.Format(this)})",
            CelKind.Duration => $"duration({GoDuration.Format(Nanoseconds)})",
            CelKind.Type => Text,
            _ => Fault.Message,
        };
    }
}
