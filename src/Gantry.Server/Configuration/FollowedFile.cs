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
    private readonly Action _take;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private byte[] _seen;
    private long _reloads;
    private long _refusals;
    private long _reloaded;
    private long _refused;

    /// <param name="file">The file; empty for none, which is never looked at.</param>
    /// <param name="figure">What its figures begin with.</param>
    /// <param name="server">What figures call this server.</param>
    /// <param name="take">Reads the file and puts it in force; throws <see cref="FormatException"/> where it is wrong.</param>
    /// <param name="clock">Tells when to look.</param>
    /// <param name="log">Is told of changes.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FollowedFile(string file, string figure, string server, Action take, TimeProvider clock, ILogger log)
    {
        _file = file;
        _figure = figure;
        _server = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(server)));
        _take = take;
        _clock = clock;
        _log = log;
        _seen = file.Length == 0 ? [] : SHA256.HashData(File.ReadAllBytes(file));
    }

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
            Look();
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

    private void Look()
    {
        try
        {
            var hash = SHA256.HashData(File.ReadAllBytes(_file));
            if (hash.AsSpan().SequenceEqual(_seen))
            {
                return;
            }

            // A wrong file is told of once and not at every look.
            _seen = hash;
            _take();
            Interlocked.Increment(ref _reloads);
            Interlocked.Exchange(ref _reloaded, _clock.GetUtcNow().ToUnixTimeSeconds());
            ConfigurationLog.Reloaded(_log, _file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            Interlocked.Increment(ref _refusals);
            Interlocked.Exchange(ref _refused, _clock.GetUtcNow().ToUnixTimeSeconds());
            ConfigurationLog.Refused(_log, _file, e.Message);
        }
    }
}
