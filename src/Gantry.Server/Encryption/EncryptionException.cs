using System.Security.Cryptography;

namespace Gantry.Server.Encryption;

/// <summary>Values at rest cannot be read or written with the keys at hand, or the configuration that names the keys is wrong. The message is for people.</summary>
public sealed class EncryptionException : CryptographicException
{
    public EncryptionException(string message)
        : base(message)
    {
    }

    public EncryptionException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
