using System.Collections;

namespace Gantry.Api.Trees;

/// <summary>
/// An object: keys in the order in which they were first set. Small maps are searched in a row, which is faster than hashing for the few keys API objects
/// have; beyond that an index is kept.
/// </summary>
public sealed class TreeMap : Tree, IReadOnlyCollection<KeyValuePair<string, Tree>>
{
    private const int SearchedInARow = 16;

    private string[] _keys;
    private Tree[] _values;
    private int _count;
    private Dictionary<string, int>? _index;

    public TreeMap()
        : this(0)
    {
    }

    public TreeMap(int capacity)
    {
        _keys = capacity == 0 ? [] : new string[capacity];
        _values = capacity == 0 ? [] : new Tree[capacity];
    }

    public int Count => _count;

    public override string KindName => "object";

    public IEnumerable<string> Keys => _keys.Take(_count);

    /// <summary>The value of a key, or null where there is none. Setting null takes the key away.</summary>
    public Tree? this[string key]
    {
        get
        {
            var at = IndexOf(key);
            return at < 0 ? null : _values[at];
        }

        set
        {
            var at = IndexOf(key);
            if (value is null)
            {
                if (at >= 0)
                {
                    RemoveAt(at);
                }
            }
            else if (at >= 0)
            {
                _values[at] = value;
            }
            else
            {
                Add(key, value);
            }
        }
    }

    public string KeyAt(int index) => _keys[index];

    public Tree ValueAt(int index) => _values[index];

    public void SetAt(int index, Tree value) => _values[index] = value;

    public bool Contains(string key) => IndexOf(key) >= 0;

    public bool Remove(string key)
    {
        var at = IndexOf(key);
        if (at >= 0)
        {
            RemoveAt(at);
        }
        return at >= 0;
    }

    /// <summary>The text of a key, or null where there is none or where it is not a text.</summary>
    public string? Text(string key) => (this[key] as TreeString)?.Value;

    /// <summary>The object under a key, or null.</summary>
    public TreeMap? Map(string key) => this[key] as TreeMap;

    /// <summary>The list under a key, or null.</summary>
    public TreeList? List(string key) => this[key] as TreeList;

    /// <summary>A copy with one key set (or, for null, taken away); the other values are shared.</summary>
    public TreeMap With(string key, Tree? value)
    {
        var copy = ShallowCopy(1);
        copy[key] = value;
        return copy;
    }

    /// <summary>A map of its own with the very same values.</summary>
    public TreeMap ShallowCopy(int room = 0)
    {
        var copy = new TreeMap(_count + room) { _count = _count };
        Array.Copy(_keys, copy._keys, _count);
        Array.Copy(_values, copy._values, _count);
        return copy;
    }

    public override Tree DeepClone()
    {
        var copy = ShallowCopy();
        for (var i = 0; i < _count; i++)
        {
            copy._values[i] = _values[i].DeepClone();
        }
        return copy;
    }

    /// <summary>Adds a key that is known to be new; to set one that may be there, use the indexer.</summary>
    public void Add(string key, Tree value)
    {
        if (_count == _keys.Length)
        {
            var capacity = Math.Max(4, _count * 2);
            Array.Resize(ref _keys, capacity);
            Array.Resize(ref _values, capacity);
        }
        _keys[_count] = key;
        _values[_count] = value;
        _index?.Add(key, _count);
        _count++;
    }

    public int IndexOf(string key)
    {
        if (_count > SearchedInARow)
        {
            return (_index ??= BuildIndex()).GetValueOrDefault(key, -1);
        }
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_keys[i], key))
            {
                return i;
            }
        }
        for (var i = 0; i < _count; i++)
        {
            if (_keys[i] == key)
            {
                return i;
            }
        }
        return -1;
    }

    public override bool Equals(Tree? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }
        if (other is not TreeMap map || map._count != _count)
        {
            return false;
        }
        for (var i = 0; i < _count; i++)
        {
            var theirs = i < map._count && map._keys[i] == _keys[i] ? map._values[i] : map[_keys[i]];
            if (!_values[i].Equals(theirs))
            {
                return false;
            }
        }
        return true;
    }

    public override int GetHashCode()
    {
        var hash = _count;
        for (var i = 0; i < _count; i++)
        {
            hash ^= HashCode.Combine(_keys[i], _values[i]);
        }
        return hash;
    }

    public IEnumerator<KeyValuePair<string, Tree>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
        {
            yield return new(_keys[i], _values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void RemoveAt(int at)
    {
        _count--;
        Array.Copy(_keys, at + 1, _keys, at, _count - at);
        Array.Copy(_values, at + 1, _values, at, _count - at);
        _index = null;
    }

    // A map that others read must not be changed, so building the index on first use is the one write a reader makes; it is published whole.
    private Dictionary<string, int> BuildIndex()
    {
        var index = new Dictionary<string, int>(_count, StringComparer.Ordinal);
        for (var i = 0; i < _count; i++)
        {
            index[_keys[i]] = i;
        }
        return index;
    }
}
