using System.Net;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Serving;

/// <summary>A webhook that answers as the test wants, over HTTPS with a certificate of the cluster's authority.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private HookServer(WebApplication web, string authority)
    {
        _web = web;
        CaBundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
    }

    public string CaBundle { get; }

    public string Url => _web.Urls.First() + "/hook";

    public static async Task<HookServer> StartAsync(ClusterPki pki, Func<TreeMap, TreeMap> answer)
    {
        var certificate = pki.Leaf(LeafProfile.NodeServer("hook", [IPAddress.Loopback])).ToCertificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        web.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = ((TreeMap)TreeJson.Parse(await reader.ReadToEndAsync())).Map("request")!;
            var response = answer(request);
            response["uid"] = request["uid"];
            var review = new TreeMap { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
            await context.Response.WriteAsync(TreeJson.WriteText(review));
        });
        await web.StartAsync();
        return new HookServer(web, pki.Authority.CertificatePem);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
