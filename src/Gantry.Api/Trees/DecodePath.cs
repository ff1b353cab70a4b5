using System.Globalization;
using System.Text;

namespace Gantry.Api.Trees;

/// <summary>Where a decoder stands: fields, map keys and list indexes. Kept as it goes, made into text only for a message.</summary>
internal struct DecodePath()
{
    private (string? Name, int Index, bool Field)[] _parts = new (string?, int, bool)[16];
    private int _count;

    public void Field(string name) => Push((name, 0, true));

    public void Key(string name) => Push((name, 0, false));

    public void Index(int index) => Push((null, index, false));

    public void Pop() => _count--;

    /// <summary>As strict decoding names fields: <c>spec.containers[0].foo</c>.</summary>
    public readonly string Full(string last)
    {
        var text = new StringBuilder();
        for (var i = 0; i < _count; i++)
        {
            var (name, index, _) = _parts[i];
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(name);
            }
        }
        return text.Append(text.Length == 0 ? "" : ".").Append(last).ToString();
    }

    /// <summary>As type errors name fields: without indexes and keys.</summary>
    public readonly string Fields() => string.Join('.', _parts.Take(_count).Where(p => p.Field).Select(p => p.Name));

    private void Push((string? Name, int Index, bool Field) part)
    {
        if (_count == _parts.Length)
        {
            Array.Resize(ref _parts, _count * 2);
        }
        _parts[_count++] = part;
    }
}
