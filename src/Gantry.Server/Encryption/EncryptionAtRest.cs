using System.Text;
using Gantry.Server.Configuration;
using Gantry.Server.Encryption.Kms;
using Gantry.Store;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Encryption;

/// <summary>The encryption of one server: the store in front of the store, and the file with the keys, which may change while the server runs.</summary>
public sealed class EncryptionAtRest : IDisposable
{
    private readonly IStore _inner;
    private readonly EncryptedStore? _store;
    private readonly string _file;
    private readonly string _generated;
    private readonly EncryptionParts _parts;
    private readonly TimeProvider _clock;
    private readonly FollowedFile _followed;

    private EncryptionAtRest(IStore inner, EncryptedStore? store, string file, string generated, string server, EncryptionParts parts, TimeProvider clock)
    {
        (_inner, _store, _file, _generated, _parts, _clock) = (inner, store, file, generated, parts, clock);
        _followed = new FollowedFile(parts.Reload ? file : "", "apiserver_encryption_config_controller", server, ReloadAsync, clock, parts.Log, insists: true);
    }

    /// <summary>What the server is to use as its store.</summary>
    public IStore Store => _store ?? _inner;

    public bool IsOn => _store is not null;

    /// <summary>Why the configuration as it is now is not in force; null when it is.</summary>
    public string? Fault => _followed.Fault;

    /// <summary>Whether keys are elsewhere, or may be.</summary>
    public bool AsksOthers => _store is not null && (_parts.Reload || _store.Rules.Remote.Count > 0);

    /// <summary>Reads the configuration, if there is one.</summary>
    /// <exception cref="EncryptionException">It is wrong.</exception>
    /// <param name="options">Whether and how values are encrypted.</param>
    /// <param name="dataDirectory">Where the server keeps a configuration of its own.</param>
    /// <param name="server">What figures call this server.</param>
    /// <param name="parts">The store, and what else is given from outside.</param>
    public static EncryptionAtRest Open(EncryptionOptions options, string dataDirectory, string server, ApiServerParts parts)
    {
        var generated = EncryptionConfigFile.Generated(dataDirectory);
        if (options.Secrets)
        {
            EncryptionConfigFile.Make(generated);
        }

        var file = options.Secrets ? generated : options.ConfigFile;
        var keys = parts.KeyService is { } connect ? new KeyServices(connect, parts.Clock, parts.Ids) : null;
        var with = new EncryptionParts(keys, options.AutomaticReload && file.Length > 0, parts.Logs.CreateLogger("encryption"));
        var store = file.Length == 0 ? null : new EncryptedStore(parts.Store, EncryptionConfigFile.Rules(file, EncryptionConfigFile.Read(file), with));
        return new EncryptionAtRest(parts.Store, store, file, generated, server, with, parts.Clock);
    }

    /// <summary>Why keys that are elsewhere cannot be used; null where they can.</summary>
    public ValueTask<string?> CheckAsync(CancellationToken cancellation) => _store is null ? default : _store.Rules.CheckAsync(cancellation);

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

    /// <summary>What <c>/metrics</c> says of changes of the file and of keys that are elsewhere, under Kubernetes' names.</summary>
    public void Append(StringBuilder text)
    {
        _followed.Append(text);
        if (_store is { Rules.Remote: { Count: > 0 } remote })
        {
            KmsFigures.Append(text, [.. remote.Select(r => r.Probe.Figures)], _followed.Server);
        }
    }

    /// <summary>Takes in changes of the file and of keys that are elsewhere until cancelled; where there is nothing of both, only waits.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] tasks = AsksOthers ? [_followed.RunAsync(both.Token), ProbeAsync(_store!, both.Token)] : [_followed.RunAsync(both.Token)];
        var first = await Task.WhenAny(tasks).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    public void Dispose() => _store?.Rules.Dispose();

    private async Task ProbeAsync(EncryptedStore store, CancellationToken cancellation)
    {
        while (true)
        {
            var fault = await store.Rules.CheckAsync(cancellation).ConfigureAwait(false);
            await Task.Delay(fault is null ? KmsProbe.PositivePause : KmsProbe.NegativePause, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask ReloadAsync(CancellationToken cancellation)
    {
        var store = _store!;
        var (last, rules) = (store.Rules, EncryptionConfigFile.Rules(_file, EncryptionConfigFile.Read(_file), _parts));
        try
        {
            if (await rules.CheckAsync(cancellation).ConfigureAwait(false) is { } fault)
            {
                throw new EncryptionException("unable to validate new encryption config: " + fault);
            }

            await RequireReadableAsync(rules, cancellation).ConfigureAwait(false);
        }
        catch
        {
            rules.Dispose();
            throw;
        }

        var unused = store.Change(rules);
        try
        {
            // Once more: something may have been written with the old keys in the meantime.
            await RequireReadableAsync(rules, cancellation).ConfigureAwait(false);
            unused?.Dispose();
        }
        catch (EncryptionException)
        {
            store.Change(last);
            throw;
        }
    }

    private async ValueTask RequireReadableAsync(EncryptionRules rules, CancellationToken cancellation)
    {
        if (await EncryptedValues.ProblemAsync(_inner, rules, cancellation).ConfigureAwait(false) is { } problem)
        {
            throw new EncryptionException($"{_file} lacks keys that are in use: {problem}");
        }
    }
}
