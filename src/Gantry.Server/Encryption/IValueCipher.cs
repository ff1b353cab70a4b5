namespace Gantry.Server.Encryption;

/// <summary>One key of one provider: bytes to bytes. Safe for many threads.</summary>
public interface IValueCipher
{
    /// <param name="prefix">Comes before the encrypted bytes in the result.</param>
    /// <param name="value">What is to be hidden.</param>
    /// <param name="context">The value's place; a cipher that authenticates it refuses the value elsewhere.</param>
    byte[] Encrypt(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value, ReadOnlySpan<byte> context);

    /// <param name="value">Encrypted bytes without the prefix.</param>
    /// <param name="context">The same as for encryption.</param>
    /// <exception cref="EncryptionException">The key is another one, or the bytes were changed.</exception>
    byte[] Decrypt(ReadOnlySpan<byte> value, ReadOnlySpan<byte> context);
}
