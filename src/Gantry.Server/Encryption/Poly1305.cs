using System.Buffers.Binary;

namespace Gantry.Server.Encryption;

/// <summary>The one-time authenticator Poly1305 (RFC 8439, 2.5), in five limbs of 26 bits, without branches on secrets.</summary>
public static class Poly1305
{
    public const int TagSize = 16;
    private const uint Mask = 0x3ffffff;

    /// <param name="tag">16 bytes for the result.</param>
    /// <param name="message">What is authenticated.</param>
    /// <param name="key">32 bytes, used for one message.</param>
    public static void Tag(Span<byte> tag, ReadOnlySpan<byte> message, ReadOnlySpan<byte> key)
    {
        Span<uint> r = stackalloc uint[5];
        r[0] = Word(key, 0) & 0x3ffffff;
        r[1] = (Word(key, 3) >> 2) & 0x3ffff03;
        r[2] = (Word(key, 6) >> 4) & 0x3ffc0ff;
        r[3] = (Word(key, 9) >> 6) & 0x3f03fff;
        r[4] = (Word(key, 12) >> 8) & 0x00fffff;
        Span<uint> h = stackalloc uint[5];
        h.Clear();
        Span<byte> last = stackalloc byte[16];
        while (!message.IsEmpty)
        {
            if (message.Length >= 16)
            {
                Block(h, r, message[..16], 1u << 24);
                message = message[16..];
                continue;
            }

            last.Clear();
            message.CopyTo(last);
            last[message.Length] = 1;
            Block(h, r, last, 0);
            break;
        }

        Finish(tag, h, key[16..]);
        r.Clear();
        h.Clear();
    }

    private static void Block(Span<uint> h, ReadOnlySpan<uint> r, ReadOnlySpan<byte> block, uint top)
    {
        h[0] += Word(block, 0) & Mask;
        h[1] += (Word(block, 3) >> 2) & Mask;
        h[2] += (Word(block, 6) >> 4) & Mask;
        h[3] += (Word(block, 9) >> 6) & Mask;
        h[4] += (Word(block, 12) >> 8) | top;
        ulong s1 = r[1] * 5, s2 = r[2] * 5, s3 = r[3] * 5, s4 = r[4] * 5;
        var d0 = ((ulong)h[0] * r[0]) + (h[1] * s4) + (h[2] * s3) + (h[3] * s2) + (h[4] * s1);
        var d1 = ((ulong)h[0] * r[1]) + ((ulong)h[1] * r[0]) + (h[2] * s4) + (h[3] * s3) + (h[4] * s2);
        var d2 = ((ulong)h[0] * r[2]) + ((ulong)h[1] * r[1]) + ((ulong)h[2] * r[0]) + (h[3] * s4) + (h[4] * s3);
        var d3 = ((ulong)h[0] * r[3]) + ((ulong)h[1] * r[2]) + ((ulong)h[2] * r[1]) + ((ulong)h[3] * r[0]) + (h[4] * s4);
        var d4 = ((ulong)h[0] * r[4]) + ((ulong)h[1] * r[3]) + ((ulong)h[2] * r[2]) + ((ulong)h[3] * r[1]) + ((ulong)h[4] * r[0]);
        d1 += d0 >> 26;
        d2 += d1 >> 26;
        d3 += d2 >> 26;
        d4 += d3 >> 26;
        h[2] = (uint)d2 & Mask;
        h[3] = (uint)d3 & Mask;
        h[4] = (uint)d4 & Mask;
        var low = ((uint)d0 & Mask) + ((uint)(d4 >> 26) * 5);
        h[0] = low & Mask;
        h[1] = ((uint)d1 & Mask) + (low >> 26);
    }

    private static void Finish(Span<byte> tag, Span<uint> h, ReadOnlySpan<byte> pad)
    {
        uint carry = 0;
        for (var i = 1; i < 6; i++)
        {
            // The last step carries over into the lowest limb, times five; the one before it may leave one bit there.
            var at = i % 5;
            h[at] += i == 5 ? carry * 5 : carry;
            carry = h[at] >> 26;
            h[at] &= Mask;
        }

        h[1] += carry;
        // h - (2^130 - 5), chosen where it is not negative.
        Span<uint> g = stackalloc uint[5];
        carry = 5;
        for (var i = 0; i < 5; i++)
        {
            g[i] = h[i] + carry;
            carry = g[i] >> 26;
            g[i] &= i < 4 ? Mask : uint.MaxValue;
        }

        g[4] -= 1u << 26;
        var take = (g[4] >> 31) - 1;
        for (var i = 0; i < 5; i++)
        {
            h[i] = (h[i] & ~take) | (g[i] & take);
        }

        var words = (ReadOnlySpan<uint>)[h[0] | (h[1] << 26), (h[1] >> 6) | (h[2] << 20), (h[2] >> 12) | (h[3] << 14), (h[3] >> 18) | (h[4] << 8)];
        ulong sum = 0;
        for (var i = 0; i < 4; i++)
        {
            sum = (sum >> 32) + words[i] + Word(pad, i * 4);
            BinaryPrimitives.WriteUInt32LittleEndian(tag[(i * 4)..], (uint)sum);
        }
    }

    private static uint Word(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);
}
