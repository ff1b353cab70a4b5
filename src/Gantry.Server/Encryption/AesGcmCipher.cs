using System.Security.Cryptography;

namespace Gantry.Server.Encryption;

/// <summary>Provider <c>aesgcm</c>: a random nonce of 12 bytes, the ciphertext, the tag of 16 bytes; the value's place is authenticated.</summary>
public sealed class AesGcmCipher(byte[] key) : IValueCipher
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public byte[] Encrypt(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        var result = new byte[prefix.Length + NonceSize + value.Length + TagSize];
        prefix.CopyTo(result);
        var nonce = result.AsSpan(prefix.Length, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        var rest = result.AsSpan(prefix.Length + NonceSize);
        aes.Encrypt(nonce, value, rest[..value.Length], rest[value.Length..], context);
        return result;
    }

    public byte[] Decrypt(ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        if (value.Length < NonceSize + TagSize)
        {
            throw new EncryptionException("the stored data was shorter than the required size");
        }

        var result = new byte[value.Length - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(value[..NonceSize], value[NonceSize..^TagSize], value[^TagSize..], result, context);
            return result;
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("cipher: message authentication failed", e);
        }
    }
}
