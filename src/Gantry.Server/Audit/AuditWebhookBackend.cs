using System.Buffers;
using System.Text.Json;
using Gantry.Api;
using Gantry.Client.Http;
using Gantry.Server.Outbound;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>Posts events as an EventList to the server of a kubeconfig file; whatever goes wrong is tried again a few times, with growing pauses.</summary>
internal sealed class AuditWebhookBackend : IAuditBackend
{
    // As in Kubernetes: five tries, each pause half as long again, a fifth of it by chance.
    private const int Tries = 5;
    private const double Growth = 1.5;
    private const double Jitter = 0.2;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    private readonly ApiConnection _connection;
    private readonly HttpClient _http;
    private readonly TimeSpan _pause;
    private readonly AuditFigures _figures;
    private readonly TimeProvider _clock;
    private readonly Random _dice;
    private readonly ILogger _log;

    /// <exception cref="FormatException">The file is no kubeconfig.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public AuditWebhookBackend(AuditWebhookOptions options, AuditFigures figures, TimeProvider clock, Random dice, ILogger log)
    {
        _connection = Kubeconfig.Load(options.ConfigFile);
        _http = ApiHttp.Connect(_connection, clock);
        _pause = options.InitialBackoff;
        _figures = figures;
        _clock = clock;
        _dice = dice;
        _log = log;
    }

    public async ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        var body = Body(events);
        var pause = _pause;
        for (var attempt = 1; ; attempt++)
        {
            var problem = await PostAsync(body, cancellation).ConfigureAwait(false);
            if (problem is null)
            {
                return true;
            }

            if (attempt == Tries || cancellation.IsCancellationRequested)
            {
                _figures.Lost("webhook", events.Count);
                AuditLog.Lost(_log, "webhook", events.Count, problem);
                return false;
            }

            var wait = pause * (1 + (Chance() * Jitter));
            await Task.Delay(wait, _clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause *= Growth;
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<string?> PostAsync(byte[] body, CancellationToken cancellation)
    {
        try
        {
            return (await JsonExchange.SendAsync(_http, HttpMethod.Post, _connection.Server, body, RequestLimit, _clock, cancellation).ConfigureAwait(false)).Problem;
        }
        catch (OperationCanceledException)
        {
            return "the server was told to stop";
        }
    }

    private double Chance()
    {
        lock (_dice)
        {
            return _dice.NextDouble();
        }
    }

    private static byte[] Body(IReadOnlyList<AuditEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("kind", "EventList");
            json.WriteString("apiVersion", AuditPolicyReader.ApiVersion);
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteStartArray("items");
            foreach (var item in events)
            {
                json.WriteRawValue(item.ToJson(), skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
