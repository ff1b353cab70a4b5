using System.Globalization;
using System.Text;

namespace Gantry.Server.Validation;

/// <summary>Where in an object a field is. Text is only made when an error needs it.</summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string _name;
    private readonly bool _isKey;

    private FieldPath(FieldPath? parent, string name, bool isKey)
    {
        _parent = parent;
        _name = name;
        _isKey = isKey;
    }

    public static FieldPath Root(string name) => new(null, name, false);

    public FieldPath Child(string name) => new(this, name, false);

    public FieldPath Index(int index) => new(this, index.ToString(CultureInfo.InvariantCulture), true);

    public FieldPath Key(string key) => new(this, key, true);

    /// <summary><c>spec.containers[0].image</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        _parent?.Append(text);
        if (_isKey)
        {
            text.Append('[').Append(_name).Append(']');
            return;
        }

        if (text.Length > 0)
        {
            text.Append('.');
        }

        text.Append(_name);
    }
}
