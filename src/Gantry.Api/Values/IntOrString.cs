using System.Globalization;
using System.Text.Json;

namespace Gantry.Api;

/// <summary>A value that JSON holds either as a number (int32) or as a text: a port by number or name, a count or a percentage.</summary>
public readonly struct IntOrString : IEquatable<IntOrString>
{
    private readonly string? _text;

    public IntOrString(int value) => IntValue = value;

    public IntOrString(string text) => _text = text;

    public bool IsInt => _text is null;

    /// <summary>0 when it is a text.</summary>
    public int IntValue { get; }

    /// <summary>Empty when it is a number.</summary>
    public string StringValue => _text ?? "";

    public static implicit operator IntOrString(int value) => new(value);

    public static implicit operator IntOrString(string text) => new(text);

    /// <summary>A number if the text is one, else the text.</summary>
    public static IntOrString Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? new(value) : new(text);

    /// <exception cref="FormatException">When the token is neither a text nor an int32; null is 0.</exception>
    public static IntOrString Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => new(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetInt32(out var value) => new(value),
        JsonTokenType.Number => throw new FormatException($"json: cannot unmarshal number {JsonText.Raw(ref reader)} into Go value of type int32"),
        JsonTokenType.Null => default,
        _ => throw new FormatException("json: cannot unmarshal value into Go value of type int32"),
    };

    public void Write(Utf8JsonWriter writer)
    {
        if (_text is null)
        {
            writer.WriteNumberValue(IntValue);
        }
        else
        {
            writer.WriteStringValue(_text);
        }
    }

    /// <summary>The number itself, or the percentage of <paramref name="total"/> that the text states (<c>25%</c>); null for any other text.</summary>
    /// <param name="total">What 100 % is.</param>
    /// <param name="roundUp">Whether a fraction counts as one more.</param>
    public int? Scale(int total, bool roundUp)
    {
        if (_text is null)
        {
            return IntValue;
        }
        if (!_text.EndsWith('%') || !int.TryParse(_text.AsSpan(0, _text.Length - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var percent))
        {
            return null;
        }
        var share = (double)percent * total / 100;
        return (int)(roundUp ? Math.Ceiling(share) : Math.Floor(share));
    }

    public bool Equals(IntOrString other) => IntValue == other.IntValue && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is IntOrString other && Equals(other);

    public override int GetHashCode() => _text is null ? IntValue : _text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _text ?? IntValue.ToString(CultureInfo.InvariantCulture);

    public static bool operator ==(IntOrString left, IntOrString right) => left.Equals(right);

    public static bool operator !=(IntOrString left, IntOrString right) => !left.Equals(right);
}
