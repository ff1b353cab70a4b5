namespace Gantry.Bench.Figures;

/// <summary>Requests a second, on the SQLite store.</summary>
internal static class RequestFigures
{
    private const int Clients = 32;
    private const int Count = 20_000;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["api"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("warm")).ConfigureAwait(false);
            await load.SendAsync(Bodies.Namespace("one")).ConfigureAwait(false);
            await load.SendAsync(Bodies.Namespace("many")).ConfigureAwait(false);
            await load.RateAsync(Clients, 5_000, n => Bodies.Create("warm", n)).ConfigureAwait(false);

            await AddAsync(report, "creates, 32 clients", "7,000", load.RateAsync(Clients, Count, n => Bodies.Create("many", n))).ConfigureAwait(false);
            await AddAsync(report, "creates, one client", "2,000", load.RateAsync(1, 3_000, n => Bodies.Create("one", n))).ConfigureAwait(false);
            await AddAsync(report, "gets, 32 clients", "16,000", load.RateAsync(Clients, 2 * Count, n => Bodies.Get("many", n % Count))).ConfigureAwait(false);
            await AddAsync(report, "strategic merge patches, 32 clients", "7,000", load.RateAsync(Clients, Count, n => Bodies.Patch("many", n % Count, n))).ConfigureAwait(false);
            await AddAsync(report, "server-side applies, 32 clients", "5,000", load.RateAsync(Clients, Count, n => Bodies.Apply("many", n % Count, n))).ConfigureAwait(false);
            await AddAsync(report, "deletes, 32 clients", "8,000", load.RateAsync(Clients, Count, n => Bodies.Delete("many", n))).ConfigureAwait(false);
        }
    }

    private static async Task AddAsync(Report report, string figure, string budget, Task<double> rate)
    {
        try
        {
            report.Add(figure, EmptyServer.Rate(await rate.ConfigureAwait(false)), budget + "/s");
        }
        catch (InvalidOperationException refusal)
        {
            report.Add(figure, "refused: " + refusal.Message, budget + "/s");
        }
    }
}
