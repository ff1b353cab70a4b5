using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Figures;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Configuration;

/// <summary>A configuration file that may change while the server runs. It is looked at once a minute, as Kubernetes does; one that is wrong is told of and not used.</summary>
internal sealed class FollowedFile
{
    /// <summary>How often the file is looked at.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromMinutes(1);

    private readonly string _file;
    private readonly string _figure;
    private readonly string _server;
    private readonly Func<CancellationToken, ValueTask> _take;
    private readonly bool _insists;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private byte[] _seen;
    private string? _fault;
    private long _reloads;
    private long _refusals;
    private long _reloaded;
    private long _refused;

    /// <param name="file">The file; empty for none, which is never looked at.</param>
    /// <param name="figure">What its figures begin with.</param>
    /// <param name="server">What figures call this server.</param>
    /// <param name="take">Reads the file and puts it in force; throws <see cref="FormatException"/> or <see cref="CryptographicException"/> where it cannot be.</param>
    /// <param name="clock">Tells when to look.</param>
    /// <param name="log">Is told of changes.</param>
    /// <param name="insists">Whether a file that was refused is tried again at every look, since more than its text decides.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FollowedFile(string file, string figure, string server, Func<CancellationToken, ValueTask> take, TimeProvider clock, ILogger log, bool insists = false)
    {
        _file = file;
        _figure = figure;
        _server = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server)));
        _take = take;
        _clock = clock;
        _log = log;
        _insists = insists;
        _seen = file.Length == 0 ? [] : SHA256.HashData(File.ReadAllBytes(file));
    }

    /// <summary>What figures call this server.</summary>
    public string Server => _server;

    /// <summary>Why the file as it is now is not in force; null when it is.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Follows the file until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (_file.Length == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellation).ConfigureAwait(false);
        }

        while (true)
        {
            await Task.Delay(Pause, _clock, cancellation).ConfigureAwait(false);
            await LookAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Append(StringBuilder text)
    {
        if (_file.Length == 0)
        {
            return;
        }

        (string Status, long Count, long At)[] outcomes = [("success", Interlocked.Read(ref _reloads), Interlocked.Read(ref _reloaded)), ("failure", Interlocked.Read(ref _refusals), Interlocked.Read(ref _refused))];
        FigureText.Begin(text, _figure + "_automatic_reloads_total", "counter", "Changes of the configuration file, by what came of them.");
        foreach (var (status, count, _) in outcomes.Where(o => o.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{_figure}_automatic_reloads_total{{apiserver_id_hash=\"{_server}\",status=\"{status}\"}} {count}\n");
        }

        FigureText.Begin(text, _figure + "_automatic_reload_last_timestamp_seconds", "gauge", "When the configuration file was read again last, since 1970.");
        foreach (var (status, _, at) in outcomes.Where(o => o.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{_figure}_automatic_reload_last_timestamp_seconds{{apiserver_id_hash=\"{_server}\",status=\"{status}\"}} {at}\n");
        }
    }

    private async ValueTask LookAsync(CancellationToken cancellation)
    {
        try
        {
            var hash = SHA256.HashData(await File.ReadAllBytesAsync(_file, cancellation).ConfigureAwait(false));
            if (hash.AsSpan().SequenceEqual(_seen))
            {
                // What was seen was taken in, unless it was refused for good.
                if (_insists)
                {
                    Volatile.Write(ref _fault, null);
                }

                return;
            }

            if (!_insists)
            {
                _seen = hash;
            }

            await _take(cancellation).ConfigureAwait(false);
            _seen = hash;
            Volatile.Write(ref _fault, null);
            Interlocked.Increment(ref _reloads);
            Interlocked.Exchange(ref _reloaded, _clock.GetUtcNow().ToUnixTimeSeconds());
            ConfigurationLog.Reloaded(_log, _file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            // What is tried at every look is told of once.
            if (!_insists || Fault != e.Message)
            {
                Interlocked.Increment(ref _refusals);
                Interlocked.Exchange(ref _refused, _clock.GetUtcNow().ToUnixTimeSeconds());
                ConfigurationLog.Refused(_log, _file, e.Message);
            }

            Volatile.Write(ref _fault, e.Message);
        }
    }
}
