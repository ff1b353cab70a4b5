using System.Net;
using Gantry.Server.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Authentication;

/// <summary>A server over HTTPS that answers paths with JSON as the test wants, with a certificate of an authority of its own.</summary>
internal sealed class JsonServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly CertificateAuthority _authority;

    private JsonServer(WebApplication web, CertificateAuthority authority)
    {
        _web = web;
        _authority = authority;
    }

    public string Url => _web.Urls.First();

    public string Authority => _authority.CertificatePem;

    /// <param name="answer">The body for a path and a posted body; null for 404.</param>
    public static async Task<JsonServer> StartAsync(Func<string, string, string?> answer)
    {
        var authority = CertificateAuthority.Create("test", TimeSpan.FromDays(2), TimeProvider.System);
        var certificate = authority.Issue(LeafProfile.NodeServer("provider", [IPAddress.Loopback]), TimeSpan.FromDays(1)).ToCertificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        web.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = answer(context.Request.Path.Value ?? "", await reader.ReadToEndAsync());
            context.Response.StatusCode = body is null ? 404 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body ?? "");
        });
        await web.StartAsync();
        return new JsonServer(web, authority);
    }

    /// <summary>A kubeconfig of this server, written to a file.</summary>
    public string Kubeconfig(string folder, string path)
    {
        var file = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".kubeconfig");
        File.WriteAllText(file, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: c
              cluster: {server: "{{Url}}{{path}}", certificate-authority-data: "{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Authority))}}" }
            users: [{name: u, user: {token: t} }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            current-context: x
            """);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _authority.Dispose();
    }
}
