using System.Globalization;
using System.Text.Json;

namespace Gantry.Bench.Figures;

/// <summary>Pods created and bound a second on a thousand hollow nodes, and what the process weighs afterwards.</summary>
internal static class BindFigure
{
    private const int Count = 14_000;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var server = await GantryProcess.StartAsync(settings.Gantry, ["simulate", "--nodes", "1000"]).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var load = new Load(server.Server, GantryProcess.Token);
            await load.SendAsync(Bodies.Namespace("bind")).ConfigureAwait(false);
            await UntilAsync(load, "/api/v1/nodes?limit=1", answer => 1 + Remaining(answer) == 1000).ConfigureAwait(false);
            var clock = TimeProvider.System;
            var from = clock.GetTimestamp();
            await load.RateAsync(32, Count, n => Bodies.Pod("bind", n)).ConfigureAwait(false);
            await UntilAsync(load, "/api/v1/namespaces/bind/pods?limit=1&fieldSelector=spec.nodeName%3D", IsEmpty).ConfigureAwait(false);
            report.Add("pods created and bound, 1,000 nodes", EmptyServer.Rate(Count / clock.GetElapsedTime(from).TotalSeconds), "2,500/s");
            await UntilAsync(load, "/api/v1/namespaces/bind/pods?limit=1&fieldSelector=status.phase!%3DRunning", IsEmpty).ConfigureAwait(false);
            report.Add("pods created, bound and running", EmptyServer.Rate(Count / clock.GetElapsedTime(from).TotalSeconds));
            report.Add("memory after 14,000 pods", server.Megabytes().ToString("0", CultureInfo.InvariantCulture) + " MB", "300 MB");
        }
    }

    private static bool IsEmpty(JsonElement answer) => answer.GetProperty("items").GetArrayLength() == 0;

    private static long Remaining(JsonElement answer) =>
        answer.GetProperty("metadata").TryGetProperty("remainingItemCount", out var count) ? count.GetInt64() : 0;

    private static async Task UntilAsync(Load load, string path, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            using var answer = JsonDocument.Parse(await load.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false));
            if (holds(answer.RootElement))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System).ConfigureAwait(false);
        }
    }
}
