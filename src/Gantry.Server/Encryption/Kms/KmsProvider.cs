using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Gantry.Server.Encryption.Kms;

/// <summary>
/// Provider <c>kms</c>, v2: values are encrypted here, with keys of a seed that a plugin has encrypted; the encrypted seed is stored with each value. The plugin
/// is asked once for each seed that is met.
/// </summary>
internal sealed class KmsProvider : ValueProvider, IDisposable
{
    // Who fails is not asked again at once for the next value of the same page.
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SeedLife = TimeSpan.FromHours(24);

    private readonly byte[] _mark;
    private readonly TimedKeyService _service;
    private readonly KeyServices _parts;
    private readonly ConcurrentDictionary<string, Seed> _seeds = new(StringComparer.Ordinal);

    public KmsProvider(string name, IKeyService service, KeyServices parts, Microsoft.Extensions.Logging.ILogger log)
    {
        Name = name;
        _mark = Encoding.UTF8.GetBytes($"k8s:enc:kms:v2:{name}:");
        _parts = parts;
        var figures = new KmsFigures(name, parts.Clock);
        _service = new TimedKeyService(service, figures, parts.Clock);
        Probe = new KmsProbe(name, _service, parts, figures, log);
        Probe.Figures.Held = () => _seeds.Count(s => s.Value.Cipher is not null);
    }

    public string Name { get; }

    public KmsProbe Probe { get; }

    public override bool IsIdentity => false;

    /// <exception cref="EncryptionException">The plugin has never answered, or not for too long.</exception>
    public override ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> value, ReadOnlySpan<byte> context)
    {
        var key = Probe.Key ?? throw new EncryptionException("got unexpected nil transformer");
        var now = _parts.Clock.GetUtcNow();
        if (now > key.Expires)
        {
            throw new EncryptionException($"encryptedDEKSource with keyID hash \"{WriteKey.Hash(key.Key.KeyId)}\" expired at {Time(key.Expires)} (current time is {Time(now)})");
        }

        Keep(key.Fingerprint, key.Cipher, now);
        Probe.Figures.Written(key.Key.KeyId);
        return new EncryptedObject(key.Cipher.Encrypt([], value.Span, context), key.Key, EncryptedObject.Seed).Encode(_mark);
    }

    public override bool Wrote(ReadOnlySpan<byte> stored) => stored.StartsWith(_mark);

    public override async ValueTask ReadyAsync(ReadOnlyMemory<byte> stored, CancellationToken cancellation)
    {
        EncryptedObject read;
        try
        {
            read = EncryptedObject.Decode(stored[_mark.Length..]);
        }
        catch (EncryptionException)
        {
            // Reading tells.
            return;
        }

        var (fingerprint, now) = (read.Fingerprint(), _parts.Clock.GetUtcNow());
        if (_seeds.TryGetValue(fingerprint, out var there) && (there.Cipher is not null || now < there.Until))
        {
            return;
        }

        try
        {
            var key = await _service.DecryptAsync(_parts.Ids.NewId().ToString("D"), read.Key, cancellation).ConfigureAwait(false);
            Keep(fingerprint, read.SourceType == EncryptedObject.Seed ? new SeedCipher(key) : Plain(key), now);
        }
        catch (Exception e) when (e is KeyServiceException or EncryptionException)
        {
            _seeds[fingerprint] = new Seed(null, _parts.Clock.GetUtcNow() + FailureLife, e is KeyServiceException ? "failed to decrypt DEK, error: " + e.Message : e.Message);
        }
    }

    public override (ReadOnlyMemory<byte> Value, bool Stale, string? Problem) Read(ReadOnlyMemory<byte> stored, ReadOnlySpan<byte> context)
    {
        try
        {
            var read = EncryptedObject.Decode(stored[_mark.Length..]);
            var key = Probe.Key;
            if (!_seeds.TryGetValue(read.Fingerprint(), out var seed) || seed.Cipher is null)
            {
                return (default, false, seed?.Problem ?? "failed to decrypt DEK, error: the key service was not asked");
            }

            Probe.Figures.Read(read.Key.KeyId);
            var stale = key is null || read.Key.KeyId != key.Key.KeyId || read.SourceType != EncryptedObject.Seed;
            return (seed.Cipher.Decrypt(read.Data.Span, context), stale, null);
        }
        catch (EncryptionException e)
        {
            return (default, false, e.Message);
        }
    }

    public void Dispose()
    {
        Probe.Dispose();
        _service.Dispose();
    }

    private static AesGcmCipher Plain(byte[] key) => key.Length is 16 or 24 or 32 ? new AesGcmCipher(key)
        : throw new EncryptionException(string.Create(CultureInfo.InvariantCulture, $"crypto/aes: invalid key size {key.Length}"));

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void Keep(string fingerprint, IValueCipher cipher, DateTimeOffset now)
    {
        if (_seeds.TryGetValue(fingerprint, out var there) && there.Cipher is not null && there.Until - now > SeedLife / 2)
        {
            return;
        }

        _seeds[fingerprint] = new Seed(cipher, now + SeedLife, null);
        foreach (var (old, seed) in _seeds.Where(s => s.Value.Until < now))
        {
            _seeds.TryRemove(KeyValuePair.Create(old, seed));
        }
    }

    private sealed record Seed(IValueCipher? Cipher, DateTimeOffset Until, string? Problem);
}
