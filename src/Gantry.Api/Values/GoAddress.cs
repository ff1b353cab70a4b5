using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Gantry.Api;

/// <summary>
/// IP addresses as Go reads and prints them (net/netip), and as Kubernetes reads those that were always let pass: with zeros in front of the numbers of an
/// IPv4 address, which stay decimal.
/// </summary>
public static class GoAddress
{
    private const int Longest = 16;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Reads an address; one of IPv6 may have a zone unless zeros are allowed, which is the older way to read.</summary>
    /// <param name="text">Such as <c>10.0.0.1</c> or <c>fd00::1</c>.</param>
    /// <param name="zeros">Whether numbers of IPv4 may begin with zeros.</param>
    /// <param name="bytes">4 or 16 of them; none where the text is no address.</param>
    /// <returns>What is wrong, in Go's words, or null.</returns>
    public static string? Parse(string text, bool zeros, out byte[] bytes)
    {
        bytes = [];
        var first = text.AsSpan().IndexOfAny(".:%");
        if (first < 0)
        {
            return "unable to parse IP";
        }

        if (text[first] == '%' || (zeros && text.Contains('%', StringComparison.Ordinal)))
        {
            return "missing IPv6 address";
        }

        if (text[first] == ':')
        {
            return V6(text, zeros, out bytes);
        }

        var four = new byte[4];
        if (V4(text, zeros, four) is { } problem)
        {
            return problem;
        }

        bytes = four;
        return null;
    }

    /// <summary>The address as the older way of reading takes it: one of IPv4 in any of its forms has four bytes.</summary>
    /// <returns>Null where the text is no address.</returns>
    public static IPAddress? Find(string text)
    {
        if (Parse(text, true, out var bytes) is not null)
        {
            return null;
        }

        return new IPAddress(IsMapped(bytes) ? bytes[12..] : bytes);
    }

    /// <summary>Whether it is an address of IPv4 that is written as one of IPv6.</summary>
    public static bool IsMapped(ReadOnlySpan<byte> bytes) => bytes.Length == Longest && bytes[..10].IndexOfAnyExcept((byte)0) < 0 && bytes[10] == 0xff && bytes[11] == 0xff;

    /// <summary>The canonical form: IPv6 in lower case, without leading zeros, the longest run of zeros left out.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 4)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[0]}.{bytes[1]}.{bytes[2]}.{bytes[3]}");
        }

        if (IsMapped(bytes))
        {
            return "::ffff:" + Text(bytes[12..]);
        }

        var (start, length) = Zeros(bytes);
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            text.Append(text.Length == 0 || text[^1] == ':' ? "" : ":").Append(Group(bytes, i).ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static int Group(ReadOnlySpan<byte> bytes, int i) => BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);

    // The first of the longest runs of groups that are zero; a single one is no run.
    private static (int Start, int Length) Zeros(ReadOnlySpan<byte> bytes)
    {
        var (start, length) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var run = 0;
            while (i + run < 8 && Group(bytes, i + run) == 0)
            {
                run++;
            }

            if (run > length)
            {
                (start, length) = (i, run);
            }
        }

        return (start, length);
    }

    private static string At(string problem, ReadOnlySpan<char> rest) => $"{problem} (at {Trees.GoSyntax.Quoted(rest.ToString())})";

    private static string? V4(ReadOnlySpan<char> text, bool zeros, Span<byte> bytes)
    {
        var (value, digits, part) = (0, 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                if (digits == 1 && value == 0 && !zeros)
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
                return At("unexpected character", text[i..]);
            }

            if (i == 0 || i == text.Length - 1 || text[i - 1] == '.')
            {
                return At("IPv4 field must have at least one digit", text[i..]);
            }

            if (part == 3)
            {
                return "IPv4 address too long";
            }

            bytes[part++] = (byte)value;
            (value, digits) = (0, 0);
        }

        if (part < 3)
        {
            return "IPv4 address too short";
        }

        bytes[3] = (byte)value;
        return null;
    }

    private static string? V6(string text, bool zeros, out byte[] bytes)
    {
        bytes = [];
        var zone = text.IndexOf('%', StringComparison.Ordinal);
        if (zone == text.Length - 1)
        {
            return "zone must be a non-empty string";
        }

        var rest = zone < 0 ? text.AsSpan() : text.AsSpan(0, zone);
        var address = new byte[Longest];
        var (at, gap) = (0, -1);
        if (rest.StartsWith("::"))
        {
            gap = 0;
            rest = rest[2..];
        }

        while (rest.Length > 0 && at < Longest)
        {
            if (Step(ref rest, address, ref at, ref gap, zeros) is { } problem)
            {
                return problem;
            }
        }

        if (rest.Length > 0)
        {
            return At("trailing garbage after address", rest);
        }

        if (at == Longest)
        {
            bytes = address;
            return gap < 0 ? null : "the :: must expand to at least one field of zeros";
        }

        if (gap < 0)
        {
            return "address string too short";
        }

        bytes = new byte[Longest];
        address.AsSpan(0, gap).CopyTo(bytes);
        address.AsSpan(gap, at - gap).CopyTo(bytes.AsSpan(Longest - (at - gap)));
        return null;
    }

    // One group, or the IPv4 address at the end, and what has to follow it.
    private static string? Step(ref ReadOnlySpan<char> rest, byte[] address, ref int at, ref int gap, bool zeros)
    {
        var digits = rest.IndexOfAnyExcept(Hex);
        digits = digits < 0 ? rest.Length : digits;
        if (digits > 4)
        {
            return At("each group must have 4 or less digits", rest);
        }

        if (digits == 0)
        {
            return At("each colon-separated field must have at least one digit", rest);
        }

        if (digits < rest.Length && rest[digits] == '.')
        {
            if (gap < 0 && at != 12)
            {
                return At("embedded IPv4 address must replace the final 2 fields of the address", rest);
            }

            if (at + 4 > Longest)
            {
                return At("too many hex fields to fit an embedded IPv4 at the end of the address", rest);
            }

            var problem = V4(rest, zeros, address.AsSpan(at, 4));
            rest = [];
            at += 4;
            return problem;
        }

        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(at), ushort.Parse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        at += 2;
        rest = rest[digits..];
        return rest.Length == 0 ? null : Colon(ref rest, at, ref gap);
    }

    private static string? Colon(ref ReadOnlySpan<char> rest, int at, ref int gap)
    {
        if (rest[0] != ':')
        {
            return At("unexpected character, want colon", rest);
        }

        if (rest.Length == 1)
        {
            return At("colon must be followed by more characters", rest);
        }

        rest = rest[1..];
        if (rest[0] != ':')
        {
            return null;
        }

        if (gap >= 0)
        {
            return At("multiple :: in address", rest);
        }

        gap = at;
        rest = rest[1..];
        return null;
    }
}
