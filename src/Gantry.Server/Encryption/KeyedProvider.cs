using System.Text;

namespace Gantry.Server.Encryption;

/// <summary>A provider whose keys are in the configuration: the first encrypts. Without keys it is <c>identity</c>: values as they are.</summary>
internal sealed class KeyedProvider : ValueProvider
{
    private readonly byte[] _mark;
    private readonly string _noun;
    private readonly IReadOnlyList<(byte[] Prefix, IValueCipher Cipher)> _keys;

    public KeyedProvider(string mark, string noun, IReadOnlyList<(string Name, IValueCipher Cipher)> keys)
    {
        _mark = Encoding.UTF8.GetBytes(mark);
        _noun = noun;
        _keys = [.. keys.Select(k => (Encoding.UTF8.GetBytes(k.Name + ":"), k.Cipher))];
    }

    public override bool IsIdentity => _mark.Length == 0;

    public override ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> context) =>
        IsIdentity ? value : _keys[0].Cipher.Encrypt([.. _mark, .. _keys[0].Prefix], value.Span, context);

    public override bool Wrote(ReadOnlySpan<byte> stored) => stored.StartsWith(_mark);

    public override (ReadOnlyMemory<byte> Value, bool Stale, string? Problem) Read(ReadOnlyMemory<byte> stored, ReadOnlySpan<byte> context)
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
