using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gantry.Conformance.Tests;

/// <summary>A webhook over HTTPS that answers as the test wants.</summary>
public sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private HookServer(WebApplication web, string trust)
    {
        _web = web;
        CaBundle = trust;
    }

    public string CaBundle { get; }

    /// <summary>Where it listens; whatever path is added is the same to it.</summary>
    public string Url => _web.Urls.First() + "/hook";

    /// <param name="answer">From a review, as it comes, to the one that goes back.</param>
    public static Task<HookServer> StartAsync(Func<JsonObject, JsonObject> answer) => StartAsync((review, _) => Task.FromResult(answer(review)));

    /// <summary>An admission webhook.</summary>
    /// <param name="answer">From a request to the members of its response, the uid aside.</param>
    public static Task<HookServer> AdmissionAsync(Func<JsonObject, JsonObject> answer) => StartAsync(review =>
    {
        var request = review["request"]!.AsObject();
        var response = answer(request);
        response["uid"] = request.Text("uid");
        return new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
    });

    /// <param name="answer">The same, asynchronously; the token says that the caller has given up.</param>
    public static async Task<HookServer> StartAsync(Func<JsonObject, CancellationToken, Task<JsonObject>> answer)
    {
        var (certificate, trust) = Requests.Server();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        var web = builder.Build();
        web.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var review = JsonNode.Parse(await reader.ReadToEndAsync(context.RequestAborted))!.AsObject();
            await context.Response.WriteAsync((await answer(review, context.RequestAborted)).ToJsonString(), context.RequestAborted);
        });
        await web.StartAsync();
        return new HookServer(web, trust);
    }

    /// <summary>A response that lets the request pass.</summary>
    public static JsonObject Allow() => new() { ["allowed"] = true };

    /// <summary>A response that refuses.</summary>
    public static JsonObject Deny(string why) => new() { ["allowed"] = false, ["status"] = new JsonObject { ["message"] = why } };

    /// <summary>A response that changes the object.</summary>
    /// <param name="patch">A JSON patch.</param>
    public static JsonObject Change(string patch) => new()
    {
        ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = System.Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(patch)),
    };

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
