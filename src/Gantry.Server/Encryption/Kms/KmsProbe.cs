using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption.Kms;

/// <summary>
/// Asks a plugin how it is, and keeps the key that values are written with in step with the plugin's: a new key of the plugin makes a new seed; a plugin that
/// fails leaves the last seed in use for three minutes. Times and words are those of kube-apiserver.
/// </summary>
internal sealed class KmsProbe(string name, IKeyService service, KeyServices parts, KmsFigures figures, ILogger log) : IDisposable
{
    /// <summary>How long a plugin that is well is left alone.</summary>
    public static readonly TimeSpan PositivePause = TimeSpan.FromMinutes(1);

    /// <summary>How long one that is not is left alone.</summary>
    public static readonly TimeSpan NegativePause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PositiveLife = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NegativeLife = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KeyLife = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim _one = new(1, 1);
    private (DateTimeOffset Until, string? Fault) _last;
    private WriteKey? _key;

    public KmsFigures Figures { get; } = figures;

    /// <summary>What values are written with; null before the plugin has answered for the first time.</summary>
    public WriteKey? Key => Volatile.Read(ref _key);

    /// <summary>Why the plugin cannot be used, or null. Answers are kept for some seconds.</summary>
    public async ValueTask<string?> CheckAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var now = parts.Clock.GetUtcNow();
            if (now < _last.Until)
            {
                return _last.Fault;
            }

            var fault = await AskAsync(cancellation).ConfigureAwait(false);
            if (fault is not null)
            {
                EncryptionLog.Unhealthy(log, name, fault);
            }

            now = parts.Clock.GetUtcNow();
            _last = (now + (fault is null ? PositiveLife : NegativeLife), fault);
            return fault;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async ValueTask<string?> AskAsync(CancellationToken cancellation)
    {
        KeyServiceStatus status;
        try
        {
            status = await service.StatusAsync(cancellation).ConfigureAwait(false);
        }
        catch (KeyServiceException e)
        {
            return $"failed to perform status section of the healthz check for KMS Provider {name}, error: {e.Message}";
        }

        var faults = new List<string>();
        if (status.Health != "ok")
        {
            faults.Add("got unexpected healthz status: " + status.Health);
        }

        if (status.Version is not ("v2" or "v2beta1"))
        {
            faults.Add("expected KMSv2 API version v2, got " + status.Version);
        }

        if (EncryptedObject.KeyIdFault(status.KeyId) is { } wrong)
        {
            Figures.Wrong(status.KeyId);
            faults.Add($"got invalid KMSv2 KeyID hash \"{WriteKey.Hash(status.KeyId)}\": {wrong}");
        }
        else
        {
            Figures.Seen(status.KeyId);
            if (await FollowAsync(status.KeyId, cancellation).ConfigureAwait(false) is { } stuck)
            {
                faults.Add(stuck);
            }
        }

        return faults.Count == 0 ? null
            : $"kmsv2 Provider {name} is not healthy, error: {(faults.Count == 1 ? faults[0] : "[" + string.Join(", ", faults) + "]")}";
    }

    private async ValueTask<string?> FollowAsync(string keyId, CancellationToken cancellation)
    {
        var expires = parts.Clock.GetUtcNow() + KeyLife;
        var key = Key;
        if (key?.Key.KeyId == keyId)
        {
            Volatile.Write(ref _key, key with { Expires = expires });
            return null;
        }

        var uid = parts.Ids.NewId().ToString("D");
        var seed = RandomNumberGenerator.GetBytes(SeedCipher.SeedSize);
        string? fault;
        var encrypted = "";
        try
        {
            var wrapped = await service.EncryptAsync(uid, seed, cancellation).ConfigureAwait(false);
            var made = new EncryptedObject(new byte[1], wrapped, EncryptedObject.Seed);
            fault = made.Fault();
            if (fault is null && wrapped.KeyId == keyId)
            {
                Volatile.Write(ref _key, new WriteKey(new SeedCipher(seed), wrapped, made.Fingerprint(), expires));
                return null;
            }

            encrypted = fault is null ? wrapped.KeyId : "";
        }
        catch (KeyServiceException e)
        {
            fault = "failed to encrypt DEK, error: " + e.Message;
        }

        var state = key is null ? "got unexpected nil transformer" : "<nil>";
        var until = (key?.Expires ?? default).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"failed to rotate DEK uid=\"{uid}\", useSeed=true, errState={state}, errGen={fault ?? "<nil>"}, statusKeyIDHash=\"{WriteKey.Hash(keyId)}\", "
            + $"encryptKeyIDHash=\"{WriteKey.Hash(encrypted)}\", stateKeyIDHash=\"{WriteKey.Hash(key?.Key.KeyId ?? "")}\", expirationTimestamp={until}";
    }
}
