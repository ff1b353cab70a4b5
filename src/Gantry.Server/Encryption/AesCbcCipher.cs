using System.Security.Cryptography;

namespace Gantry.Server.Encryption;

/// <summary>Provider <c>aescbc</c>: a random vector of one block, then blocks with PKCS#7 padding. Nothing is authenticated; it is here for data that has it.</summary>
public sealed class AesCbcCipher(byte[] key) : IValueCipher
{
    private const int BlockSize = 16;

    public byte[] Encrypt(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var result = new byte[prefix.Length + BlockSize + aes.GetCiphertextLengthCbc(value.Length)];
        prefix.CopyTo(result);
        var vector = result.AsSpan(prefix.Length, BlockSize);
        RandomNumberGenerator.Fill(vector);
        aes.EncryptCbc(value, vector, result.AsSpan(prefix.Length + BlockSize));
        return result;
    }

    public byte[] Decrypt(ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        if (value.Length < BlockSize)
        {
            throw new EncryptionException("the stored data was shorter than the required size");
        }

        var blocks = value[BlockSize..];
        if (blocks.Length % BlockSize != 0)
        {
            throw new EncryptionException("the stored data is not a multiple of the block size");
        }

        try
        {
            using var aes = Aes.Create();
            aes.Key = key;
            return blocks.Length == 0 ? [] : aes.DecryptCbc(blocks, value[..BlockSize]);
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("invalid padding on input", e);
        }
    }
}
