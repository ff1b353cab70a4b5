using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>One step of a field's path: a member of an object, an item of a list by its keys, by its value or by its place.</summary>
public sealed class PathElement : IEquatable<PathElement>, IComparable<PathElement>
{
    private readonly Rank _rank;

    private PathElement(Rank rank, string name, IReadOnlyList<KeyValuePair<string, Tree>> keys, Tree? value, int index)
    {
        _rank = rank;
        Name = name;
        Keys = keys;
        Value = value;
        Index = index;
    }

    // In the order in which sets list their elements.
    private enum Rank
    {
        Field,
        Key,
        Value,
        Index,
    }

    /// <summary>The member's name; empty where this is an item of a list.</summary>
    public string Name { get; }

    public bool IsField => _rank == Rank.Field;

    /// <summary>The text in managed fields: <c>f:spec</c>, <c>k:{"name":"web"}</c>, <c>v:"a"</c>, <c>i:0</c>.</summary>
    public string Text => field ??= Encode();

    private IReadOnlyList<KeyValuePair<string, Tree>> Keys { get; }

    private Tree? Value { get; }

    private int Index { get; }

    public static PathElement Field(string name) => new(Rank.Field, name, [], null, 0);

    /// <param name="keys">The item's key fields in any order.</param>
    public static PathElement Key(IEnumerable<KeyValuePair<string, Tree>> keys) =>
        new(Rank.Key, "", [.. keys.OrderBy(k => k.Key, StringComparer.Ordinal)], null, 0);

    public static PathElement OfKey(string name, Tree value) => new(Rank.Key, "", [new(name, value)], null, 0);

    public static PathElement OfValue(Tree value) => new(Rank.Value, "", [], value, 0);

    public static PathElement OfIndex(int index) => new(Rank.Index, "", [], null, index);

    /// <summary>Reads the text of managed fields; null for a kind of element this version does not know.</summary>
    /// <exception cref="TreeException">The text is malformed.</exception>
    public static PathElement? Parse(string text)
    {
        if (text.Length < 2 || text[1] != ':')
        {
            throw new TreeException("missing colon: " + text);
        }
        var rest = text[2..];
        switch (text[0])
        {
            case 'f':
                return Field(rest);
            case 'v':
                return OfValue(TreeJson.Parse(rest));
            case 'k':
                return TreeJson.Parse(rest) is TreeMap keys ? Key(keys) : throw new TreeException("invalid key: " + text);
            case 'i':
                return int.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
                    ? OfIndex(index)
                    : throw new TreeException("invalid index: " + text);
            default:
                return null;
        }
    }

    public bool Equals(PathElement? other) => other is not null && (ReferenceEquals(this, other)
        || (_rank == other._rank && (IsField ? Name == other.Name : CompareTo(other) == 0)));

    public override bool Equals(object? obj) => Equals(obj as PathElement);

    public override int GetHashCode() => IsField ? Name.GetHashCode(StringComparison.Ordinal) : Text.GetHashCode(StringComparison.Ordinal);

    public int CompareTo(PathElement? other)
    {
        if (other is null || _rank != other._rank)
        {
            return other is null ? 1 : _rank.CompareTo(other._rank);
        }
        switch (_rank)
        {
            case Rank.Field:
                return ReferenceEquals(Name, other.Name) ? 0 : string.CompareOrdinal(Name, other.Name);
            case Rank.Value:
                return TreeOrder.Compare(Value!, other.Value!);
            case Rank.Index:
                return Index.CompareTo(other.Index);
        }
        for (var i = 0; i < Keys.Count && i < other.Keys.Count; i++)
        {
            var order = string.CompareOrdinal(Keys[i].Key, other.Keys[i].Key);
            order = order != 0 ? order : TreeOrder.Compare(Keys[i].Value, other.Keys[i].Value);
            if (order != 0)
            {
                return order;
            }
        }
        return Keys.Count.CompareTo(other.Keys.Count);
    }

    /// <summary>The element as messages write it: <c>.spec</c>, <c>[name="web"]</c>, <c>[="a"]</c>, <c>[0]</c>.</summary>
    public override string ToString() => _rank switch
    {
        Rank.Field => "." + Name,
        Rank.Key => "[" + string.Join(',', Keys.Select(k => k.Key + "=" + Shown(k.Value))) + "]",
        Rank.Value => "[=" + Shown(Value!) + "]",
        _ => string.Create(CultureInfo.InvariantCulture, $"[{Index}]"),
    };

    public static bool operator ==(PathElement? left, PathElement? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(PathElement? left, PathElement? right) => !(left == right);

    public static bool operator <(PathElement left, PathElement right) => left.CompareTo(right) < 0;

    public static bool operator <=(PathElement left, PathElement right) => left.CompareTo(right) <= 0;

    public static bool operator >(PathElement left, PathElement right) => left.CompareTo(right) > 0;

    public static bool operator >=(PathElement left, PathElement right) => left.CompareTo(right) >= 0;

    private static string Shown(Tree value) => value is TreeString text ? GoSyntax.Quoted(text.Value) : value.ToString();

    private string Encode()
    {
        if (IsField)
        {
            return "f:" + Name;
        }
        if (_rank == Rank.Index)
        {
            return string.Create(CultureInfo.InvariantCulture, $"i:{Index}");
        }
        if (_rank == Rank.Value)
        {
            return "v:" + Value;
        }
        var keys = new TreeMap(Keys.Count);
        foreach (var (name, value) in Keys)
        {
            keys.Add(name, value);
        }
        return "k:" + keys;
    }
}
