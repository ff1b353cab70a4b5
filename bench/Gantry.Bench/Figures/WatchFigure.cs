using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>One writer's objects, told to a hundred watchers.</summary>
internal static class WatchFigure
{
    private const int Watchers = 100;
    private const int Warm = 3_000;
    private const int Count = 5_000;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("watch")).ConfigureAwait(false);
            var streams = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => OpenAsync(load))).ConfigureAwait(false);
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

    private static async Task<Stream> OpenAsync(Load load)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/watch/configmaps?watch=true&fieldSelector=metadata.name!%3Dkube-root-ca.crt");
        var answer = await load.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync().ConfigureAwait(false);
    }

    /// <summary>Creates objects until every watcher has been told of each.</summary>
    private static async Task DeliverAsync(Load load, Stream[] streams, string prefix, int count)
    {
        var reading = streams.Select(s => Task.Run(() => ReadAsync(s, count))).ToList();
        await load.RateAsync(32, count, n => Bodies.Create("watch", n, prefix)).ConfigureAwait(false);
        await Task.WhenAll(reading).ConfigureAwait(false);
    }

    /// <summary>Reads until every object has come; an event is a line.</summary>
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
