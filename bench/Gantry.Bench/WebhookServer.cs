using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench;

/// <summary>An admission webhook that allows everything, in this process.</summary>
internal sealed class WebhookServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private long _asked;

    private WebhookServer(WebApplication app, X509Certificate2 certificate, int port)
    {
        _app = app;
        _certificate = certificate;
        Address = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/");
        Authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }

    public string Address { get; }

    /// <summary>The caBundle.</summary>
    public string Authority { get; }

    /// <summary>How many reviews were asked for.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public static async Task<WebhookServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=webhook", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var port = GantryProcess.FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var server = new WebhookServer(app, certificate, port);
        app.Run(async context =>
        {
            using var review = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            Interlocked.Increment(ref server._asked);
            context.Response.ContentType = "application/json";
            var uid = review.RootElement.GetProperty("request").GetProperty("uid").GetString();
            var answer = $$$$"""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"{{{{uid}}}}","allowed":true}}""";
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer), context.RequestAborted).ConfigureAwait(false);
        });
        await app.StartAsync(CancellationToken.None).ConfigureAwait(false);
        return server;
    }

    public void Dispose()
    {
        ((IDisposable)_app).Dispose();
        _certificate.Dispose();
    }
}
