using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Runtime;
using Gantry.Node.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Node.Tests.Streaming;

/// <summary>As much of an API server as kubectl needs to find a pod and to reach its node.</summary>
internal sealed class StreamHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NodeStreams _streams;

    private StreamHost(WebApplication app, NodeStreams streams)
    {
        _app = app;
        _streams = streams;
    }

    public ConcurrentDictionary<string, V1Pod> Pods { get; } = new(StringComparer.Ordinal);

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public static async Task<StreamHost> StartAsync(IContainerRuntime runtime, string state)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var host = new StreamHost(builder.Build(), new NodeStreams(runtime, state, TimeProvider.System, NullLogger<NodeStreams>.Instance));
        host._app.Run(host.AnswerAsync);
        await host._app.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _streams.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Trim('/').Split('/');
        return parts switch
        {
            ["api"] => Json(context, """{"kind":"APIVersions","versions":["v1"]}"""),
            ["apis"] => Json(context, """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"""),
            ["api", "v1"] => Json(context, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"],"shortNames":["po"]}]}"""),
            ["api", "v1", "namespaces", _, "pods", var name] when Pods.TryGetValue(name, out var pod) => Json(context, Describe(pod)),
            ["api", "v1", "namespaces", _, "pods", var name, var sub] when Pods.TryGetValue(name, out var pod) => SubresourceAsync(context, pod, sub),
            _ => Missing(context),
        };
    }

    private Task SubresourceAsync(HttpContext context, V1Pod pod, string name)
    {
        var container = context.Request.Query["container"].ToString() is { Length: > 0 } named ? named : "main";
        var ct = context.RequestAborted;
        return name switch
        {
            "log" => _streams.LogAsync(context, pod, container, ct),
            "exec" => _streams.ExecAsync(context, pod, container, ct),
            "attach" => _streams.AttachAsync(context, pod, container, ct),
            "portforward" => _streams.PortForwardAsync(context, pod, ct),
            _ => Missing(context),
        };
    }

    private static string Describe(V1Pod pod)
    {
        var running = pod with { Status = (pod.Status ?? new V1PodStatus()) with { Phase = "Running" } };
        using var json = JsonDocument.Parse(ApiJson.Encode(running));
        return "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"," + string.Join(',', json.RootElement.EnumerateObject().Where(m => m.Name is not ("kind" or "apiVersion")).Select(m => $"\"{m.Name}\":{m.Value.GetRawText()}")) + "}";
    }

    private static Task Json(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json)).AsTask();
    }

    private static Task Missing(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Json(context, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","message":"not found","code":404}""");
    }
}
