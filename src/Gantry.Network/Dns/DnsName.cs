using System.Text;

namespace Gantry.Network.Dns;

/// <summary>
/// A domain name in wire form: length-prefixed labels up to the root's zero byte, at most 255 bytes. Labels may hold any byte; comparison
/// ignores the case of ASCII letters, as DNS demands, while the bytes keep the case they came with.
/// </summary>
public sealed class DnsName : IEquatable<DnsName>
{
    public const int MaximumLength = 255;
    public const int MaximumLabel = 63;

    public static readonly DnsName Root = new([0]);

    private readonly byte[] _wire;

    private DnsName(byte[] wire) => _wire = wire;

    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The labels from the left, in lower case; bytes outside printable ASCII as \DDD, dots inside a label as "\.".</summary>
    public IReadOnlyList<string> Labels => field ??= ReadLabels();

    /// <summary>Takes wire bytes that the caller has checked: labels of 1 to 63 bytes, ended by zero, 255 at most.</summary>
    internal static DnsName FromWire(ReadOnlySpan<byte> wire) => new(wire.ToArray());

    /// <summary>Reads dotted text without escapes, with or without the final dot. False for empty or overlong labels and names.</summary>
    public static bool TryParse(string text, out DnsName name)
    {
        name = Root;
        var trimmed = text.EndsWith('.') ? text[..^1] : text;
        if (trimmed.Length == 0)
        {
            return text.Length > 0;
        }

        var wire = new List<byte>(trimmed.Length + 2);
        foreach (var label in trimmed.Split('.'))
        {
            var bytes = Encoding.UTF8.GetBytes(label);
            if (bytes.Length is 0 or > MaximumLabel)
            {
                return false;
            }

            wire.Add((byte)bytes.Length);
            wire.AddRange(bytes);
        }

        wire.Add(0);
        if (wire.Count > MaximumLength)
        {
            return false;
        }

        name = new([.. wire]);
        return true;
    }

    /// <summary>Reads text that is known to be a name; for constants and names the API has validated.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DnsName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException($"\"{text}\" is not a domain name");

    public bool Equals(DnsName? other) => other is not null && Ascii.EqualsIgnoreCase(_wire, other._wire);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var b in _wire)
        {
            hash.Add(Lower(b));
        }

        return hash.ToHashCode();
    }

    public override string ToString() => Labels.Count == 0 ? "." : string.Join('.', Labels) + ".";

    internal static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;

    private List<string> ReadLabels()
    {
        var labels = new List<string>();
        for (var at = 0; _wire[at] != 0; at += _wire[at] + 1)
        {
            var text = new StringBuilder(_wire[at]);
            foreach (var b in _wire.AsSpan(at + 1, _wire[at]))
            {
                _ = b switch
                {
                    (byte)'.' or (byte)'\\' => text.Append('\\').Append((char)b),
                    > 32 and < 127 => text.Append((char)Lower(b)),
                    _ => text.Append('\\').Append(b.ToString("D3", System.Globalization.CultureInfo.InvariantCulture)),
                };
            }

            labels.Add(text.ToString());
        }

        return labels;
    }
}
