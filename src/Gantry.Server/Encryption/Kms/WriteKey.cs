using System.Security.Cryptography;
using System.Text;

namespace Gantry.Server.Encryption.Kms;

/// <summary>The seed that new values are encrypted with, and what goes with them.</summary>
/// <param name="Cipher">Made of the seed.</param>
/// <param name="Key">The seed as the plugin encrypted it.</param>
/// <param name="Fingerprint">Tells it from others.</param>
/// <param name="Expires">When it may no longer be used because the plugin has not confirmed it.</param>
internal sealed record WriteKey(SeedCipher Cipher, WrappedKey Key, string Fingerprint, DateTimeOffset Expires)
{
    /// <summary>A key's name as messages and figures show it.</summary>
    public static string Hash(string keyId) => keyId.Length == 0 ? "" : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keyId)));
}
