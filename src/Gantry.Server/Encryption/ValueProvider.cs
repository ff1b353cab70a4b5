using System.Text;

namespace Gantry.Server.Encryption;

/// <summary>One provider of a configuration: its keys in order, the first of which encrypts. Without keys it is <c>identity</c>: values as they are.</summary>
public sealed class ValueProvider
{
    private readonly byte[] _mark;
    private readonly string _noun;
    private readonly IReadOnlyList<(byte[] Prefix, IValueCipher Cipher)> _keys;

    private ValueProvider(string mark, string noun, IReadOnlyList<(string Name, IValueCipher Cipher)> keys)
    {
        _mark = Encoding.UTF8.GetBytes(mark);
        _noun = noun;
        _keys = [.. keys.Select(k => (Encoding.UTF8.GetBytes(k.Name + ":"), k.Cipher))];
    }

    public static ValueProvider Identity { get; } = new("", "", []);

    /// <summary>What every encrypted value begins with, as Kubernetes writes it.</summary>
    public static ReadOnlySpan<byte> AnyMark => "k8s:enc:"u8;

    public bool IsIdentity => _mark.Length == 0;

    public static ValueProvider AesGcm(IEnumerable<(string Name, byte[] Key)> keys) =>
        new("k8s:enc:aesgcm:v1:", "AES", [.. keys.Select(k => (k.Name, (IValueCipher)new AesGcmCipher(k.Key)))]);

    public static ValueProvider AesCbc(IEnumerable<(string Name, byte[] Key)> keys) =>
        new("k8s:enc:aescbc:v1:", "AES", [.. keys.Select(k => (k.Name, (IValueCipher)new AesCbcCipher(k.Key)))]);

    public static ValueProvider Secretbox(IEnumerable<(string Name, byte[] Key)> keys) =>
        new("k8s:enc:secretbox:v1:", "Secretbox", [.. keys.Select(k => (k.Name, (IValueCipher)new SecretboxCipher(k.Key)))]);

    /// <summary>The value as it is stored.</summary>
    public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> context) =>
        IsIdentity ? value : _keys[0].Cipher.Encrypt([.. _mark, .. _keys[0].Prefix], value.Span, context);

    /// <summary>Whether a stored value is one of this provider's, whatever its key.</summary>
    public bool Wrote(ReadOnlySpan<byte> stored) => stored.StartsWith(_mark);

    /// <summary>The value behind a stored one that <see cref="Wrote"/> says is this provider's.</summary>
    /// <returns>The value and whether a key other than the first was needed; or why it cannot be read.</returns>
    public (ReadOnlyMemory<byte> Value, bool Stale, string? Problem) Read(ReadOnlyMemory<byte> stored, ReadOnlySpan<byte> context)
    {
        if (IsIdentity)
        {
            return stored.Span.StartsWith(AnyMark) ? (default, false, "identity transformer tried to read encrypted data") : (stored, false, null);
        }

        var rest = stored[_mark.Length..];
        string? problem = null;
        for (var i = 0; i < _keys.Count; i++)
        {
            var (prefix, cipher) = _keys[i];
            if (!rest.Span.StartsWith(prefix))
            {
                continue;
            }

            try
            {
                return (cipher.Decrypt(rest.Span[prefix.Length..], context), i > 0, null);
            }
            catch (EncryptionException e)
            {
                // Two keys may have the same name while one replaces the other.
                problem ??= e.Message;
            }
        }

        return (default, false, problem ?? $"no matching key was found for the provided {_noun} transformer");
    }
}
