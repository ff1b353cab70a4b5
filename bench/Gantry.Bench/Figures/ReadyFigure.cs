using System.Diagnostics;
using System.Globalization;

namespace Gantry.Bench.Figures;

/// <summary>Real pods: from <c>kubectl create deployment</c> to all replicas available, the image being there.</summary>
internal static class ReadyFigure
{
    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        if (settings.Kubeconfig.Length == 0)
        {
            report.Add("Deployment to Ready", "left out: --kubeconfig names no cluster", "0.45 s and 2.5 s");
            return;
        }

        foreach (var (replicas, budget) in new[] { (1, "0.45 s"), (30, "2.5 s") })
        {
            var times = new List<double>();
            for (var round = 0; round < 3; round++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"bench-{replicas}-{round}");
                var manifest = Manifest(name, replicas);
                var clock = TimeProvider.System;
                var from = clock.GetTimestamp();
                await KubectlAsync(settings, ["apply", "-f", "-"], manifest).ConfigureAwait(false);
                await KubectlAsync(settings, ["wait", "--for=condition=Available", "--timeout=120s", "deployment/" + name], "").ConfigureAwait(false);
                times.Add(clock.GetElapsedTime(from).TotalSeconds);
                await KubectlAsync(settings, ["delete", "--cascade=foreground", "--wait", "deployment/" + name], "").ConfigureAwait(false);
            }

            times.Sort();
            report.Add(
                string.Create(CultureInfo.InvariantCulture, $"Deployment of {replicas} to Ready, kubectl's own time included"),
                times[1].ToString("0.00", CultureInfo.InvariantCulture) + " s",
                budget);
        }
    }

    private static string Manifest(string name, int replicas) => $$$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{name}}}}"},"spec":{"replicas":{{{{replicas}}}},"selector":{"matchLabels":{"app":"{{{{name}}}}"}},
         "strategy":{"rollingUpdate":{"maxUnavailable":0}},
         "template":{"metadata":{"labels":{"app":"{{{{name}}}}"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"main","image":"gantry.local/nginx:1"}]} } } }
        """;

    private static async Task KubectlAsync(BenchSettings settings, string[] words, string input)
    {
        var start = new ProcessStartInfo("kubectl", words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = settings.Kubeconfig;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"kubectl {string.Join(' ', words)}: {error}");
        }
    }
}
