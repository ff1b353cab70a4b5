namespace Gantry.Server.Encryption.Kms;

/// <summary>A key that a plugin has encrypted, with what it needs to decrypt it again.</summary>
/// <param name="KeyId">Names the plugin's key.</param>
/// <param name="Ciphertext">The encrypted key.</param>
/// <param name="Annotations">What the plugin wants to be kept beside it, in the clear.</param>
public sealed record WrappedKey(string KeyId, ReadOnlyMemory<byte> Ciphertext, IReadOnlyDictionary<string, byte[]> Annotations);
