using System.Globalization;
using System.Net;
using System.Text;

namespace Gantry.Api.Cel.Libraries;

/// <summary>An IPv4 or IPv6 address as Go's net/netip reads and prints it.</summary>
internal sealed class CelAddress(byte[] bytes) : CelObject
{
    public static CelType AddressType { get; } = CelType.Opaque("net.IP");

    /// <summary>4 or 16 of them.</summary>
    public byte[] Bytes { get; } = bytes;

    public bool IsV4 => Bytes.Length == 4;

    public override CelType Type => AddressType;

    internal override long? Size => Bytes.Length;

    /// <summary>Reads an address without a zone that is no IPv4 address written as an IPv6 one.</summary>
    /// <returns>What is wrong, in Kubernetes' words, or null.</returns>
    public static string? Parse(string text, out CelAddress? address)
    {
        address = null;
        if (Bytewise(text, out var bytes) is { } problem)
        {
            return $"IP Address {Quoted(text)} parse error during conversion from string: ParseAddr({Quoted(text)}): {problem}";
        }
        if (text.Contains('%', StringComparison.Ordinal))
        {
            return $"IP address {Quoted(text)} with zone value is not allowed";
        }
        if (IsMapped(bytes))
        {
            return $"IPv4-mapped IPv6 address {Quoted(text)} is not allowed";
        }
        address = new CelAddress(bytes);
        return null;
    }

    /// <summary>Reads an address with anything netip takes.</summary>
    /// <returns>What is wrong, in Go's words, or null.</returns>
    public static string? Bytewise(string text, out byte[] bytes)
    {
        bytes = [];
        foreach (var c in text)
        {
            switch (c)
            {
                case '.':
                    return V4(text, out bytes);
                case ':':
                    return V6(text, out bytes);
                case '%':
                    return "missing IPv6 address";
            }
        }
        return "unable to parse IP";
    }

    public static bool IsMapped(byte[] bytes) => bytes.Length == 16 && bytes.AsSpan(0, 10).IndexOfAnyExcept((byte)0) < 0 && bytes[10] == 0xff && bytes[11] == 0xff;

    public override bool Same(CelObject other) => other is CelAddress address && address.Bytes.AsSpan().SequenceEqual(Bytes);

    /// <summary>The canonical form: IPv6 in lower case, without leading zeros, the longest run of zeros left out.</summary>
    public override string ToString()
    {
        if (IsV4)
        {
            return string.Join('.', Bytes);
        }
        var groups = Enumerable.Range(0, 8).Select(i => (Bytes[2 * i] << 8) | Bytes[(2 * i) + 1]).ToArray();
        var (start, length) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var run = groups.Skip(i).TakeWhile(g => g == 0).Count();
            if (run > length)
            {
                (start, length) = (i, run);
            }
        }
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }
            text.Append(text.Length == 0 || text[^1] == ':' ? "" : ":").Append(groups[i].ToString("x", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static string? V4(string text, out byte[] bytes)
    {
        bytes = [];
        var parts = new List<byte>();
        var (value, digits) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                if (digits == 1 && value == 0)
                {
                    return "IPv4 field has octet with leading zero";
                }
                value = (value * 10) + (c - '0');
                digits++;
                if (value > 255)
                {
                    return "IPv4 field has value >255";
                }
                continue;
            }
            if (c != '.')
            {
                return $"unexpected character (at {Quoted(text[i..])})";
            }
            if (i == 0 || i == text.Length - 1 || text[i - 1] == '.')
            {
                return $"IPv4 field must have at least one digit (at {Quoted(text[i..])})";
            }
            if (parts.Count == 3)
            {
                return "IPv4 address too long";
            }
            parts.Add((byte)value);
            (value, digits) = (0, 0);
        }
        if (parts.Count < 3)
        {
            return "IPv4 address too short";
        }
        parts.Add((byte)value);
        bytes = [.. parts];
        return null;
    }

    private static string? V6(string text, out byte[] bytes)
    {
        bytes = [];
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        if (zone == text.Length - 1)
        {
            return "zone must be a non-empty string";
        }
        var plain = zone < 0 ? text : text[..zone];
        var dotted = plain.LastIndexOf(':') is var last && plain.Contains('.', StringComparison.Ordinal) ? plain[(last + 1)..] : null;
        if (plain.Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.')) || plain.Split(':').Any(g => g.Length > 4 && g != dotted)
            || (dotted is not null && V4(dotted, out _) is not null) || !IPAddress.TryParse(plain, out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            return plain.Split(':').FirstOrDefault(g => g.Length > 4 && g != dotted) is { } tooLong
                ? $"each group must have 4 or less digits (at {Quoted(tooLong)})" : $"unexpected character, want colon (at {Quoted(plain)})";
        }
        bytes = address.GetAddressBytes();
        return null;
    }

    private static string Quoted(string text) => Trees.GoSyntax.Quoted(text);
}
