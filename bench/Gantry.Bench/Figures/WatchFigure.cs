using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>One writer's objects, told to a hundred watchers.</summary>
internal static class WatchFigure
{
    public const int Watchers = 100;
    // Server and load tool both go on being compiled for the first twenty thousand objects.
    private const int Warm = 20_000;
    private const int Count = 10_000;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("watch")).ConfigureAwait(false);
            var streams = await OpenAsync(load, "/api/v1/namespaces/watch/configmaps?watch=true&fieldSelector=metadata.name!%3Dkube-root-ca.crt").ConfigureAwait(false);
            await DeliverAsync(load, streams, "warm", Warm).ConfigureAwait(false);
            var before = server.Processor();
            var from = TimeProvider.System.GetTimestamp();
            await DeliverAsync(load, streams, "cm", Count).ConfigureAwait(false);
            var rate = EmptyServer.Rate(Watchers * Count / TimeProvider.System.GetElapsedTime(from).TotalSeconds);
            var each = (server.Processor() - before).TotalMicroseconds / (Watchers * Count);
            report.Add("watch deliveries, 100 watchers", string.Create(CultureInfo.InvariantCulture, $"{rate}, {each:0.0} µs of processor each"), "250,000/s");
            foreach (var stream in streams)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Opens a stream for each watcher.</summary>
    public static Task<Stream[]> OpenAsync(Load load, string path)
    {
        return Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => OneAsync()));

        async Task<Stream> OneAsync()
        {
            var answer = await load.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            return await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Creates objects until every watcher has been told of each.</summary>
    private static async Task DeliverAsync(Load load, Stream[] streams, string prefix, int count)
    {
        var reading = ReadAsync(streams, count);
        await load.RateAsync(32, count, n => Bodies.Create("watch", n, prefix)).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    /// <summary>Reads until every stream has brought so many events; an event is a line.</summary>
    public static Task ReadAsync(Stream[] streams, int count) => Task.WhenAll(streams.Select(s => Task.Run(() => ReadAsync(s, count))));

    private static async Task ReadAsync(Stream stream, int count)
    {
        var buffer = new byte[256 * 1024];
        for (var lines = 0; lines < count;)
        {
            var read = await stream.ReadAsync(buffer).ConfigureAwait(false);
            if (read == 0)
            {
                throw new InvalidOperationException($"a watch ended after {lines} events");
            }

            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }
    }
}
