using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>Lists of everything, and of a hundredth by label.</summary>
internal static class ListFigures
{
    private const int Count = 5_300;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("list")).ConfigureAwait(false);
            await load.RateAsync(32, Count, n => Bodies.Create("list", n)).ConfigureAwait(false);
            await load.MedianAsync(60, () => new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/list/configmaps")).ConfigureAwait(false);
            var before = server.Processor();
            var all = await load.MedianAsync(30, () => new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/list/configmaps")).ConfigureAwait(false);
            report.Add(string.Create(CultureInfo.InvariantCulture, $"list of {Count:#,##0} ({all.Bytes / 1e6:0.0} MB), median"), Milliseconds(all.Milliseconds, server.Processor() - before, 30), "18 ms");
            await load.MedianAsync(2_000, () => new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/list/configmaps?labelSelector=rare%3Dyes")).ConfigureAwait(false);
            before = server.Processor();
            var few = await load.MedianAsync(200, () => new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/list/configmaps?labelSelector=rare%3Dyes")).ConfigureAwait(false);
            report.Add("list of 53 of them by label, median", Milliseconds(few.Milliseconds, server.Processor() - before, 200), "1 ms");
        }
    }

    private static string Milliseconds(double value, TimeSpan processor, int times) =>
        string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ms, {processor.TotalMilliseconds / times:0.00} ms of processor each");
}
