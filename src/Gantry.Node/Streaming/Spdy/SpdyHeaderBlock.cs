using System.Buffers.Binary;
using System.Text;

namespace Gantry.Node.Streaming.Spdy;

/// <summary>
/// Writes header blocks: pairs of length-prefixed strings within one zlib stream that spans the connection. The few short headers that streams
/// carry here are put in stored blocks: valid zlib to every inflater, without the dictionary that would shorten them. The blocks of a peer need
/// no reading, since a client learns nothing from a SYN_REPLY's headers.
/// </summary>
public sealed class SpdyHeaderBlock
{
    private bool _begun;

    /// <param name="headers">Names in lower case, as the protocol demands.</param>
    /// <returns>The bytes for the next SYN_STREAM; blocks must be sent in the order in which they were made.</returns>
    public byte[] Encode(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var plain = new MemoryStream();
        WriteNumber(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            WriteText(plain, name);
            WriteText(plain, value);
        }

        if (plain.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"headers of {plain.Length} bytes do not fit into one block", nameof(headers));
        }

        var block = new MemoryStream();
        if (!_begun)
        {
            // 32 KiB window, no dictionary, check bits that make the pair divisible by 31.
            block.Write([0x78, 0x01]);
            _begun = true;
        }

        // A stored block: not the last one, its length, the length's complement, the bytes.
        Span<byte> stored = stackalloc byte[5];
        stored[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(stored[1..], (ushort)plain.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[3..], (ushort)~plain.Length);
        block.Write(stored);
        plain.WriteTo(block);
        // An empty stored block is zlib's flush: an inflater that reads ahead stops here instead of at the end of the frame.
        block.Write([0, 0, 0, 0xFF, 0xFF]);
        return block.ToArray();
    }

    private static void WriteText(MemoryStream to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber(to, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteNumber(MemoryStream to, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        to.Write(bytes);
    }
}
