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

    public int Port => new Uri(_web.Urls.First()).Port;

    /// <param name="pki">Signs the certificate.</param>
    /// <param name="answer">From the request of the review to the response, which gets the request's uid unless it has one.</param>
    /// <param name="name">A name of the certificate besides the loopback's.</param>
    public static async Task<HookServer> StartAsync(ClusterPki pki, Func<TreeMap, TreeMap> answer, string name = "hook")
    {
        var certificate = pki.Leaf(LeafProfile.NodeServer(name, [IPAddress.Loopback])).ToCertificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        web.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var asked = (TreeMap)TreeJson.Parse(await reader.ReadToEndAsync());
            var request = asked.Map("request")!;
            var response = answer(request);
            if (!response.Contains("uid"))
            {
                response["uid"] = request["uid"];
            }

            var review = new TreeMap { ["apiVersion"] = asked["apiVersion"], ["kind"] = "AdmissionReview", ["response"] = response };
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
