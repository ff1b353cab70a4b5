using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>How long <c>gantry api</c> takes to be ready, and what it weighs and burns when nobody asks it anything.</summary>
internal static class StartFigure
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var first = new List<double>();
        var again = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var folder = Directory.CreateTempSubdirectory("gantry-bench-").FullName;
            foreach (var times in new[] { first, again })
            {
                var server = await GantryProcess.StartAsync(settings.Gantry, ["api"], folder).ConfigureAwait(false);
                await using (server.ConfigureAwait(false))
                {
                    times.Add(server.Ready.TotalSeconds);
                    if (round == 4 && times == again)
                    {
                        await IdleAsync(server, report).ConfigureAwait(false);
                    }
                }
            }

            Directory.Delete(folder, recursive: true);
        }

        report.Add("start to /readyz, new data directory", Median(first), "0.5 s");
        report.Add("start to /readyz, used data directory", Median(again), "0.5 s");
    }

    private static async Task IdleAsync(GantryProcess server, Report report)
    {
        var used = server.Processor();
        await Task.Delay(Idle, TimeProvider.System).ConfigureAwait(false);
        var share = (server.Processor() - used) / Idle;
        report.Add("memory of an idle API server", server.Megabytes().ToString("0", CultureInfo.InvariantCulture) + " MB", "150 MB for the whole cluster");
        report.Add("processor of an idle API server", (share * 100).ToString("0.00", CultureInfo.InvariantCulture) + " % of a core", "0.5 %");
    }

    private static string Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2].ToString("0.00", CultureInfo.InvariantCulture) + " s";
    }
}
