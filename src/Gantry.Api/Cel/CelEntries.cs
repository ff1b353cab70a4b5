namespace Gantry.Api.Cel;

/// <summary>A map that an expression made: its entries in order, found by keys of equal value. Whole numbers of different types are the same key.</summary>
internal sealed class CelEntries
{
    private readonly Dictionary<CelValue, int> _index = [];
    private readonly List<(CelValue Key, CelValue Value)> _entries = [];

    public int Count => _entries.Count;

    public CelValue KeyAt(int index) => _entries[index].Key;

    public CelValue ValueAt(int index) => _entries[index].Value;

    public bool TryGet(CelValue key, out CelValue value)
    {
        var found = _index.TryGetValue(key, out var at);
        value = found ? _entries[at].Value : default;
        return found;
    }

    /// <summary>Adds an entry while the map is made; false when the key is there already.</summary>
    public bool Add(CelValue key, CelValue value)
    {
        if (!_index.TryAdd(key, _entries.Count))
        {
            return false;
        }
        _entries.Add((key, value));
        return true;
    }
}
