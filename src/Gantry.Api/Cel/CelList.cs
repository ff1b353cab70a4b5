namespace Gantry.Api.Cel;

/// <summary>
/// A list that an expression made. Several may share one growing row of items: adding to the longest appends, adding to any other copies. So a loop that collects
/// items does not copy them again and again, and no list ever changes.
/// </summary>
internal sealed class CelList
{
    private readonly List<CelValue> _row;

    private CelList(List<CelValue> row)
    {
        _row = row;
        Count = row.Count;
    }

    public CelList(IEnumerable<CelValue> items)
        : this([.. items])
    {
    }

    public int Count { get; }

    public CelValue this[int index] => _row[index];

    public CelList Plus(CelValue other)
    {
        var row = _row.Count == Count ? _row : _row.GetRange(0, Count);
        for (var i = 0; i < other.Count; i++)
        {
            row.Add(other.ItemAt(i));
        }
        return new(row);
    }
}
