using System.Security.Cryptography;

namespace Gantry.Server.Encryption;

/// <summary>Provider <c>secretbox</c>: a random nonce of 24 bytes, then what NaCl's secretbox makes (XSalsa20 and Poly1305): the tag of 16 bytes and the ciphertext.</summary>
public sealed class SecretboxCipher(byte[] key) : IValueCipher
{
    private const int NonceSize = XSalsa20.NonceSize;
    private const int TagSize = Poly1305.TagSize;

    public byte[] Encrypt(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        var result = new byte[prefix.Length + NonceSize + TagSize + value.Length];
        prefix.CopyTo(result);
        var nonce = result.AsSpan(prefix.Length, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        Seal(result.AsSpan(prefix.Length + NonceSize), value, nonce, key);
        return result;
    }

    public byte[] Decrypt(ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        if (value.Length < NonceSize)
        {
            throw new EncryptionException("the stored data was shorter than the required size");
        }

        return Open(value[NonceSize..], value[..NonceSize], key) ?? throw new EncryptionException("output array was not large enough for encryption");
    }

    /// <summary>Seals a message into <paramref name="box"/>, which is 16 bytes longer.</summary>
    public static void Seal(Span<byte> box, ReadOnlySpan<byte> message, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        Span<byte> first = stackalloc byte[32];
        var stream = new XSalsa20(key, nonce);
        first.Clear();
        stream.Xor(first);
        message.CopyTo(box[TagSize..]);
        stream.Xor(box[TagSize..]);
        Poly1305.Tag(box[..TagSize], box[TagSize..], first);
        CryptographicOperations.ZeroMemory(first);
    }

    /// <summary>The message, or null when the box was not sealed with this key and nonce.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> box, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (box.Length < TagSize)
        {
            return null;
        }

        Span<byte> first = stackalloc byte[32];
        Span<byte> tag = stackalloc byte[TagSize];
        var stream = new XSalsa20(key, nonce);
        first.Clear();
        stream.Xor(first);
        Poly1305.Tag(tag, box[TagSize..], first);
        CryptographicOperations.ZeroMemory(first);
        if (!CryptographicOperations.FixedTimeEquals(tag, box[..TagSize]))
        {
            return null;
        }

        var message = box[TagSize..].ToArray();
        stream.Xor(message);
        return message;
    }
}
