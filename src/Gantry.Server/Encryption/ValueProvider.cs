namespace Gantry.Server.Encryption;

/// <summary>One provider of a configuration.</summary>
public abstract class ValueProvider
{
    public static ValueProvider Identity { get; } = new KeyedProvider("", "", []);

    /// <summary>What every encrypted value begins with, as Kubernetes writes it.</summary>
    public static ReadOnlySpan<byte> AnyMark => "k8s:enc:"u8;

    /// <summary>Whether values stay as they are.</summary>
    public abstract bool IsIdentity { get; }

    public static ValueProvider AesGcm(IEnumerable<(string Name, byte[] Key)> keys) =>
        new KeyedProvider("k8s:enc:aesgcm:v1:", "AES", [.. keys.Select(k => (k.Name, (IValueCipher)new AesGcmCipher(k.Key)))]);

    public static ValueProvider AesCbc(IEnumerable<(string Name, byte[] Key)> keys) =>
        new KeyedProvider("k8s:enc:aescbc:v1:", "AES", [.. keys.Select(k => (k.Name, (IValueCipher)new AesCbcCipher(k.Key)))]);

    public static ValueProvider Secretbox(IEnumerable<(string Name, byte[] Key)> keys) =>
        new KeyedProvider("k8s:enc:secretbox:v1:", "Secretbox", [.. keys.Select(k => (k.Name, (IValueCipher)new SecretboxCipher(k.Key)))]);

    /// <summary>The value as it is stored.</summary>
    /// <param name="value">As it is.</param>
    /// <param name="context">Its place.</param>
    /// <exception cref="EncryptionException">It cannot be encrypted now.</exception>
    public abstract ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> context);

    /// <summary>Whether a stored value is one of this provider's, whatever its key.</summary>
    public abstract bool Wrote(ReadOnlySpan<byte> stored);

    /// <summary>Gets what <see cref="Read"/> needs for a stored value that <see cref="Wrote"/> says is this provider's, where it has to be asked of somebody.</summary>
    public virtual ValueTask ReadyAsync(ReadOnlyMemory<byte> stored, CancellationToken cancellation) => default;

    /// <summary>The value behind a stored one that <see cref="Wrote"/> says is this provider's.</summary>
    /// <returns>The value and whether it would be written otherwise today; or why it cannot be read.</returns>
    public abstract (ReadOnlyMemory<byte> Value, bool Stale, string? Problem) Read(ReadOnlyMemory<byte> stored, ReadOnlySpan<byte> context);
}
