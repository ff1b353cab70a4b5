using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Store;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

/// <summary>The encryption of one server: the store in front of the store, and the file with the keys, which may change while the server runs.</summary>
public sealed class EncryptionAtRest
{
    /// <summary>How often the file is looked at: as often as Kubernetes does.</summary>
    public static TimeSpan ReloadPause { get; } = TimeSpan.FromMinutes(1);

    private readonly IStore _inner;
    private readonly EncryptedStore? _store;
    private readonly string _file;
    private readonly string _generated;
    private readonly bool _follows;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private long _reloads;
    private long _refusals;
    private byte[] _hash;
    private string? _fault;

    private EncryptionAtRest(IStore inner, EncryptedStore? store, byte[] hash, string file, string generated, bool follows, TimeProvider clock, ILogger log) =>
        (_inner, _store, _hash, _file, _generated, _follows, _clock, _log) = (inner, store, hash, file, generated, follows, clock, log);

    /// <summary>What the server is to use as its store.</summary>
    public IStore Store => _store ?? _inner;

    public bool IsOn => _store is not null;

    /// <summary>Why the configuration as it is now is not in force; null when it is.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Reads the configuration, if there is one.</summary>
    /// <exception cref="EncryptionException">It is wrong.</exception>
    public static EncryptionAtRest Open(EncryptionOptions options, string dataDirectory, IStore store, TimeProvider clock, ILogger log)
    {
        var generated = EncryptionConfigFile.Generated(dataDirectory);
        if (options.Secrets)
        {
            EncryptionConfigFile.Make(generated);
        }

        var file = options.Secrets ? generated : options.ConfigFile;
        if (file.Length == 0)
        {
            return new EncryptionAtRest(store, null, [], file, generated, false, clock, log);
        }

        var text = EncryptionConfigFile.Read(file);
        var encrypted = new EncryptedStore(store, EncryptionConfigFile.Rules(file, text));
        return new EncryptionAtRest(store, encrypted, SHA256.HashData(text), file, generated, options.AutomaticReload, clock, log);
    }

    /// <summary>Puts a failure to read the store into words, where keys are the reason.</summary>
    public async ValueTask<EncryptionException?> ExplainAsync(Exception failure, CancellationToken cancellation)
    {
        if (await EncryptedValues.ProblemAsync(_inner, _store?.Rules, cancellation).ConfigureAwait(false) is not { } problem)
        {
            return null;
        }

        var cure = _store is not null ? $"put the keys that wrote them back into {_file}"
            : File.Exists(_generated) ? $"start with --secrets-encryption, which wrote {_generated}"
            : "start with the --encryption-provider-config that wrote them";
        return new EncryptionException($"{problem}; nothing was changed: {cure}", failure);
    }

    /// <summary>What <c>/metrics</c> says of changes of the file, under Kubernetes' name.</summary>
    public void Append(StringBuilder text)
    {
        if (_follows)
        {
            const string name = "apiserver_encryption_config_controller_automatic_reloads_total";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} Changes of the encryption configuration.\n# TYPE {name} counter\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}{{status=\"success\"}} {Interlocked.Read(ref _reloads)}\n{name}{{status=\"failure\"}} {Interlocked.Read(ref _refusals)}\n");
        }
    }

    /// <summary>Takes in changes of the file until cancelled; where that is not wanted, only waits.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (_store is null || !_follows)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellation).ConfigureAwait(false);
            return;
        }

        while (true)
        {
            await Task.Delay(ReloadPause, _clock, cancellation).ConfigureAwait(false);
            try
            {
                await ReloadAsync(_store, cancellation).ConfigureAwait(false);
                Volatile.Write(ref _fault, null);
            }
            catch (EncryptionException e)
            {
                if (Fault != e.Message)
                {
                    Interlocked.Increment(ref _refusals);
                    EncryptionLog.Refused(_log, e.Message);
                }

                Volatile.Write(ref _fault, e.Message);
            }
        }
    }

    private async ValueTask ReloadAsync(EncryptedStore store, CancellationToken cancellation)
    {
        var text = EncryptionConfigFile.Read(_file);
        var hash = SHA256.HashData(text);
        if (hash.AsSpan().SequenceEqual(_hash))
        {
            return;
        }

        var (last, rules) = (store.Rules, EncryptionConfigFile.Rules(_file, text));
        await RequireReadableAsync(rules, cancellation).ConfigureAwait(false);
        store.Change(rules);
        try
        {
            // Once more: something may have been written with the old keys in the meantime.
            await RequireReadableAsync(rules, cancellation).ConfigureAwait(false);
        }
        catch (EncryptionException)
        {
            store.Change(last);
            throw;
        }

        _hash = hash;
        Interlocked.Increment(ref _reloads);
        EncryptionLog.Reloaded(_log, _file);
    }

    private async ValueTask RequireReadableAsync(EncryptionRules rules, CancellationToken cancellation)
    {
        if (await EncryptedValues.ProblemAsync(_inner, rules, cancellation).ConfigureAwait(false) is { } problem)
        {
            throw new EncryptionException($"{_file} lacks keys that are in use: {problem}");
        }
    }
}
