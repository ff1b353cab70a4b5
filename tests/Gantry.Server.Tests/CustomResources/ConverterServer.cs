using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>A conversion webhook over HTTPS, with a certificate of the cluster's authority. It answers as the test wants.</summary>
internal sealed class ConverterServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private ConverterServer(WebApplication web, string authority)
    {
        _web = web;
        CaBundle = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority));
    }

    public string CaBundle { get; }

    public string Url => _web.Urls.First() + "/convert";

    /// <summary>Each question: into which version, and which objects by name.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    /// <summary>Makes one object of another.</summary>
    public Func<TreeMap, string, TreeMap> Convert1 { get; set; } = static (value, _) => value;

    /// <summary>Changes the whole answer before it is sent.</summary>
    public Action<TreeMap> Finish { get; set; } = static _ => { };

    public static async Task<ConverterServer> StartAsync(ClusterPki pki)
    {
        var certificate = pki.Leaf(LeafProfile.NodeServer("converter", [IPAddress.Loopback])).ToCertificate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        var server = new ConverterServer(web, pki.Authority.CertificatePem);
        web.Run(server.AnswerAsync);
        await web.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var review = (TreeMap)TreeJson.Parse(await reader.ReadToEndAsync());
        var request = review.Map("request")!;
        var (wanted, objects) = (request.Text("desiredAPIVersion")!, request.List("objects")!.OfType<TreeMap>().ToList());
        Questions.Enqueue($"{wanted.Split('/')[1]} {string.Join(',', objects.Select(o => o.Map("metadata")!.Text("name")))}");
        var converted = new TreeList(objects.Select(o =>
        {
            var made = Convert1((TreeMap)o.DeepClone(), wanted);
            made["apiVersion"] = wanted;
            return (Tree)made;
        }));
        var answer = new TreeMap
        {
            ["apiVersion"] = review["apiVersion"], ["kind"] = "ConversionReview",
            ["response"] = new TreeMap { ["uid"] = request["uid"], ["result"] = new TreeMap { ["status"] = "Success" }, ["convertedObjects"] = converted },
        };
        Finish(answer);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(TreeJson.WriteText(answer));
    }
}
