using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>Requests a second, on the SQLite store.</summary>
internal static class RequestFigures
{
    private const int Clients = 32;
    private const int Count = 20_000;

    // So many requests of each sort come before those that count: the compiler has then done its work, which takes a processor of its own while it lasts.
    private const int Warm = 20_000;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("warm")).ConfigureAwait(false);
            await load.SendAsync(Bodies.Namespace("one")).ConfigureAwait(false);
            await load.SendAsync(Bodies.Namespace("many")).ConfigureAwait(false);
            await load.RateAsync(Clients, Warm, n => Bodies.Create("warm", n)).ConfigureAwait(false);
            await AddAsync(report, server, "creates, 32 clients", "7,000", Count, () => load.RateAsync(Clients, Count, n => Bodies.Create("many", n))).ConfigureAwait(false);
            await AddAsync(report, server, "creates, one client", "2,000", 3_000, () => load.RateAsync(1, 3_000, n => Bodies.Create("one", n))).ConfigureAwait(false);
            await load.RateAsync(Clients, Warm, n => Bodies.Get("warm", n)).ConfigureAwait(false);
            await AddAsync(report, server, "gets, 32 clients", "16,000", 2 * Count, () => load.RateAsync(Clients, 2 * Count, n => Bodies.Get("many", n % Count))).ConfigureAwait(false);
            await load.RateAsync(Clients, Warm, n => Bodies.Patch("warm", n, n)).ConfigureAwait(false);
            await AddAsync(report, server, "strategic merge patches, 32 clients", "7,000", Count, () => load.RateAsync(Clients, Count, n => Bodies.Patch("many", n % Count, n))).ConfigureAwait(false);
            await load.RateAsync(Clients, Warm, n => Bodies.Apply("warm", n, n)).ConfigureAwait(false);
            await AddAsync(report, server, "server-side applies, 32 clients", "5,000", Count, () => load.RateAsync(Clients, Count, n => Bodies.Apply("many", n % Count, n))).ConfigureAwait(false);
            await load.RateAsync(Clients, Warm, n => Bodies.Delete("warm", n)).ConfigureAwait(false);
            await AddAsync(report, server, "deletes, 32 clients", "8,000", Count, () => load.RateAsync(Clients, Count, n => Bodies.Delete("many", n))).ConfigureAwait(false);
        }
    }

    /// <summary>The rate, and the processor time of the server a request: the second says more on a machine that does other things too.</summary>
    private static async Task AddAsync(Report report, GantryProcess server, string figure, string budget, int count, Func<Task<double>> measure)
    {
        try
        {
            var before = server.Processor();
            var rate = await measure().ConfigureAwait(false);
            var each = (server.Processor() - before).TotalMicroseconds / count;
            report.Add(figure, string.Create(CultureInfo.InvariantCulture, $"{EmptyServer.Rate(rate)}, {each:0} µs of processor each"), budget + "/s");
        }
        catch (InvalidOperationException refusal)
        {
            report.Add(figure, "refused: " + refusal.Message, budget + "/s");
        }
    }
}
