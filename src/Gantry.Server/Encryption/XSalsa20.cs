using System.Buffers.Binary;
using System.Numerics;

namespace Gantry.Server.Encryption;

/// <summary>
/// The stream cipher XSalsa20 (D. J. Bernstein, "Extending the Salsa20 nonce"), which .NET does not have. Additions, rotations and exclusive ors
/// only, so its time depends on nothing secret.
/// </summary>
internal sealed class XSalsa20
{
    public const int NonceSize = 24;
    private const int BlockSize = 64;

    private readonly uint[] _state = new uint[16];
    private readonly byte[] _block = new byte[BlockSize];
    private int _used = BlockSize;

    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">24 bytes, never used twice with one key.</param>
    public XSalsa20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        Span<byte> derived = stackalloc byte[32];
        Derive(derived, key, nonce[..16]);
        Fill(_state, derived, nonce[16..], default);
        derived.Clear();
    }

    /// <summary>Combines the next bytes of the stream with these, in place.</summary>
    public void Xor(Span<byte> data)
    {
        for (var i = 0; i < data.Length; i++)
        {
            if (_used == BlockSize)
            {
                Next();
            }

            data[i] ^= _block[_used++];
        }
    }

    private void Next()
    {
        Span<uint> mixed = stackalloc uint[16];
        _state.CopyTo(mixed);
        Rounds(mixed);
        for (var i = 0; i < 16; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(i * 4), mixed[i] + _state[i]);
        }

        if (++_state[8] == 0)
        {
            _state[9]++;
        }

        _used = 0;
    }

    // HSalsa20: the rounds without the final addition, of which eight words are the key for the rest of the nonce.
    private static void Derive(Span<byte> derived, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        Span<uint> state = stackalloc uint[16];
        Fill(state, key, nonce[..8], nonce[8..]);
        Rounds(state);
        ReadOnlySpan<int> kept = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < kept.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(derived[(i * 4)..], state[kept[i]]);
        }
    }

    private static void Fill(Span<uint> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> counter)
    {
        // "expand 32-byte k" on the diagonal.
        (state[0], state[5], state[10], state[15]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
        for (var i = 0; i < 4; i++)
        {
            state[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * 4)..]);
            state[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (i * 4))..]);
        }

        for (var i = 0; i < 2; i++)
        {
            state[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(i * 4)..]);
            state[8 + i] = counter.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(counter[(i * 4)..]);
        }
    }

    private static void Rounds(Span<uint> x)
    {
        for (var i = 0; i < 10; i++)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
