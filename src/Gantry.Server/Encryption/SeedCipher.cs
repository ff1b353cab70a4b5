using System.Security.Cryptography;

namespace Gantry.Server.Encryption;

/// <summary>
/// AES-GCM with a key of its own for every value: 32 random bytes come first, of which and of the seed the key is derived (HKDF's expansion with SHA-256),
/// then what <see cref="AesGcmCipher"/> makes. A seed of 32 bytes is a key as good as any, so nothing is extracted.
/// </summary>
public sealed class SeedCipher : IValueCipher
{
    /// <summary>How many bytes a seed has at least.</summary>
    public const int SeedSize = 32;

    private const int InfoSize = 32;
    private const int KeySize = 32;

    private readonly byte[] _seed;

    /// <exception cref="EncryptionException">The seed is too short.</exception>
    public SeedCipher(byte[] seed) => _seed = seed.Length >= SeedSize ? seed : throw new EncryptionException($"invalid seed length {seed.Length} used for key generation");

    public byte[] Encrypt(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, ReadOnlySpan<byte> context)
    {
        var info = RandomNumberGenerator.GetBytes(InfoSize);
        return Cipher(info).Encrypt([.. prefix, .. info], value, context);
    }

    public byte[] Decrypt(ReadOnlySpan<byte> value, ReadOnlySpan<byte> context) => value.Length < InfoSize
        ? throw new EncryptionException("the stored data was shorter than the required size")
        : Cipher(value[..InfoSize]).Decrypt(value[InfoSize..], context);

    private AesGcmCipher Cipher(ReadOnlySpan<byte> info)
    {
        var key = new byte[KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, _seed, key, info);
        return new AesGcmCipher(key);
    }
}
