using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench.Figures;

/// <summary>The ruler: an HTTPS server that does nothing, in a process of its own.</summary>
internal static class EmptyServer
{
    private const int Events = 10_000;

    // As many as a busy server commits together.
    private const int Flush = 20;

    public static async Task MeasureAsync(BenchSettings settings, Report report)
    {
        var port = GantryProcess.FreePort();
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [typeof(EmptyServer).Assembly.Location, "kestrel", port.ToString(CultureInfo.InvariantCulture)]))!;
        try
        {
            using var load = new Load(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}")), "");
            await WaitAsync(load, process).ConfigureAwait(false);
            await load.RateAsync(32, 5_000, n => Bodies.Create("bench", n)).ConfigureAwait(false);
            report.Add("empty server: posts of 1 KiB a second, 32 clients", Rate(await load.RateAsync(32, 30_000, n => Bodies.Create("bench", n)).ConfigureAwait(false)));
            report.Add("empty server: gets a second, 32 clients", Rate(await load.RateAsync(32, 30_000, n => Bodies.Get("bench", n)).ConfigureAwait(false)));
            var list = await load.MedianAsync(30, () => new HttpRequestMessage(HttpMethod.Get, "/list")).ConfigureAwait(false);
            report.Add(string.Create(CultureInfo.InvariantCulture, $"empty server: {list.Bytes / 1e6:0.0} MB, median"), string.Create(CultureInfo.InvariantCulture, $"{list.Milliseconds:0.00} ms"));
            await EventsAsync(load).ConfigureAwait(false);
            var from = TimeProvider.System.GetTimestamp();
            await EventsAsync(load).ConfigureAwait(false);
            report.Add("empty server: events of 1.4 KB a second, 100 streams", Rate(WatchFigure.Watchers * Events / TimeProvider.System.GetElapsedTime(from).TotalSeconds));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    public static string Rate(double rate) => rate.ToString("#,##0", CultureInfo.InvariantCulture) + "/s";

    public static async Task RunAsync(int port)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null))));
        var app = builder.Build();
        var answer = System.Text.Encoding.UTF8.GetBytes(Bodies.ConfigMap("answer", 1));
        var list = new byte[6_400_000];
        list.AsSpan().Fill((byte)'x');
        app.Run(async context =>
        {
            if (context.Request.Path == "/list")
            {
                await context.Response.Body.WriteAsync(list, context.RequestAborted).ConfigureAwait(false);
                return;
            }

            if (context.Request.Path == "/events")
            {
                await SendEventsAsync(context).ConfigureAwait(false);
                return;
            }

            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted).ConfigureAwait(false);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
        });
        await app.RunAsync().ConfigureAwait(false);
    }

    private static async Task SendEventsAsync(HttpContext context)
    {
        var line = new byte[1_400];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        for (var sent = 1; sent <= Events; sent++)
        {
            line.CopyTo(context.Response.BodyWriter.GetSpan(line.Length));
            context.Response.BodyWriter.Advance(line.Length);
            if (sent % Flush == 0)
            {
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }
    }

    private static async Task EventsAsync(Load load)
    {
        var streams = await WatchFigure.OpenAsync(load, "/events").ConfigureAwait(false);
        await WatchFigure.ReadAsync(streams, Events).ConfigureAwait(false);
        foreach (var stream in streams)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task WaitAsync(Load load, Process process)
    {
        while (true)
        {
            try
            {
                await load.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/")).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).ConfigureAwait(false);
            }
        }
    }
}
