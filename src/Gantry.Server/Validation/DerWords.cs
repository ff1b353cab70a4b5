using System.Globalization;

namespace Gantry.Server.Validation;

/// <summary>Why bytes are not the sequence that they should be, in the words of Go's <c>encoding/asn1</c>; pure.</summary>
internal static class DerWords
{
    private const int Sequence = 16;
    private const string Parameters =
        "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}";

    /// <summary>What is wrong with the first element, or null where that is one whole sequence.</summary>
    /// <param name="der">The bytes.</param>
    /// <param name="name">What Go calls the structure that is read.</param>
    /// <param name="content">What is in the sequence.</param>
    public static string? Fault(ReadOnlySpan<byte> der, string name, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (der.IsEmpty)
        {
            return "asn1: syntax error: sequence truncated";
        }

        var (kind, tag, compound, offset) = (der[0] >> 6, der[0] & 0x1f, (der[0] & 0x20) != 0, 1);
        if (tag == 0x1f)
        {
            // Large tags; those that are too large or written too long are as rare as they are wrong.
            for (tag = 0; ; offset++)
            {
                if (offset == der.Length || offset > 4)
                {
                    return offset == der.Length ? "asn1: syntax error: truncated base 128 integer" : "asn1: structure error: base 128 integer too large";
                }

                tag = (tag << 7) | (der[offset] & 0x7f);
                if ((der[offset] & 0x80) == 0)
                {
                    offset++;
                    break;
                }
            }
        }

        if (LengthFault(der, ref offset, out var length) is { } fault)
        {
            return fault;
        }

        if (kind != 0 || tag != Sequence || !compound)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"asn1: structure error: tags don't match ({Sequence} vs {{class:{kind} tag:{tag} length:{length} isCompound:{(compound ? "true" : "false")}}}) {Parameters} {name} @{offset}");
        }

        if (length > der.Length - offset)
        {
            return "asn1: syntax error: data truncated";
        }

        content = der.Slice(offset, length);
        return null;
    }

    private static string? LengthFault(ReadOnlySpan<byte> der, ref int offset, out int length)
    {
        length = 0;
        if (offset >= der.Length)
        {
            return "asn1: syntax error: truncated tag or length";
        }

        var first = der[offset++];
        if ((first & 0x80) == 0)
        {
            length = first;
            return null;
        }

        var bytes = first & 0x7f;
        if (bytes == 0)
        {
            return "asn1: syntax error: indefinite length found (not DER)";
        }

        for (var i = 0; i < bytes; i++)
        {
            if (offset >= der.Length)
            {
                return "asn1: syntax error: truncated tag or length";
            }

            if (length >= 1 << 23)
            {
                return "asn1: structure error: length too large";
            }

            length = (length << 8) | der[offset++];
            if (length == 0)
            {
                return "asn1: structure error: superfluous leading zeros in length";
            }
        }

        return length < 0x80 ? "asn1: structure error: non-minimal length" : null;
    }
}
