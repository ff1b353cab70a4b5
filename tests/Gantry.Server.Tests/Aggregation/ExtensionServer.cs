using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gantry.Server.Tests.Aggregation;

/// <summary>A server of <c>widgets.example.com/v1</c> behind TLS, with objects, OpenAPI and upgrades, and the pod network that leads to it.</summary>
internal sealed class ExtensionServer : INodeProxy, IAsyncDisposable
{
    private const string Root = "/apis/widgets.example.com/v1";

    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _web;

    private ExtensionServer(X509Certificate2 certificate, WebApplication web)
    {
        _certificate = certificate;
        _web = web;
    }

    /// <summary>PEM of what to trust.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    /// <summary>The widgets of the namespace <c>default</c>.</summary>
    public ConcurrentDictionary<string, string> Widgets { get; } = new(StringComparer.Ordinal);

    /// <summary>The headers of the last request for an object.</summary>
    public IHeaderDictionary? Headers { get; private set; }

    /// <summary>The certificate that came with it.</summary>
    public byte[]? Client { get; private set; }

    /// <summary>What discovery answers.</summary>
    public int DiscoveryCode { get; set; } = 200;

    public static async Task<ExtensionServer> StartAsync(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var certificate = request.CreateSelfSigned(from, from.AddYears(50));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = static (_, _, _) => true,
        })));
        var web = builder.Build();
        var server = new ExtensionServer(certificate, web);
        web.Run(server.AnswerAsync);
        await web.StartAsync();
        return server;
    }

    public Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_web.Urls.First()).Port, cancellation);
        return client.GetStream();
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _certificate.Dispose();
    }

    /// <summary>Whether it only knows the second version of OpenAPI.</summary>
    public bool IsOld { get; set; }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        switch (path)
        {
            case Root:
                context.Response.StatusCode = DiscoveryCode;
                return JsonAsync(context, """{"kind":"APIResourceList","groupVersion":"widgets.example.com/v1","resources":[{"name":"widgets","singularName":"widget","kind":"Widget","namespaced":true,"verbs":["delete","get","list","watch"]},{"name":"widgets/status","kind":"Widget","namespaced":true,"verbs":["get"]}]}""");
            case "/openapi/v3" or "/openapi/v3" + Root when IsOld:
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            case "/openapi/v3":
                return JsonAsync(context, """{"paths":{"apis/widgets.example.com/v1":{"serverRelativeURL":"/openapi/v3/apis/widgets.example.com/v1?hash=ABC"}}}""");
            case "/openapi/v3" + Root:
                return JsonAsync(context, """{"openapi":"3.0.0","info":{"title":"widgets"}}""");
            case "/openapi/v2":
                context.Response.Headers.ETag = "\"one\"";
                return JsonAsync(context, """
                    {"swagger":"2.0","info":{"title":"x","version":"1"},"paths":{
                      "/apis/widgets.example.com/v1/widgets":{"get":{"produces":["application/json"],"responses":{"200":{"description":"OK","schema":{"$ref":"#/definitions/com.example.Widget"}}}},
                        "post":{"operationId":"make","consumes":["*/*"],"parameters":[{"name":"body","in":"body","schema":{"$ref":"#/definitions/com.example.Widget"}},{"name":"pretty","in":"query","type":"string","uniqueItems":true}],"responses":{},"x-kubernetes-action":"post"},
                        "parameters":[{"name":"limit","in":"query","type":"integer"}]},
                      "/apis/other.example.com/v1/things":{"get":{}}},
                     "definitions":{
                      "com.example.Widget":{"type":"object","properties":{"other":{"description":"more","$ref":"#/definitions/com.example.Widget"},"metadata":{"$ref":"#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}}},
                      "com.example.Unused":{"type":"object"},
                      "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta":{"type":"object","properties":{"older":{"type":"string"}}}}}
                    """);
            default:
                Client = context.Connection.ClientCertificate?.RawData;
                Headers = new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
                return ObjectAsync(context, path);
        }
    }

    private async Task ObjectAsync(HttpContext context, string path)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            context.Response.Headers.Upgrade = "echo";
            await using var stream = await upgrade.UpgradeAsync();
            var buffer = new byte[64];
            int length;
            while ((length = await stream.ReadAsync(buffer)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, length));
                await stream.FlushAsync();
            }

            return;
        }

        var name = path.StartsWith(Root + "/namespaces/default/widgets/", StringComparison.Ordinal) ? path[(path.LastIndexOf('/') + 1)..] : "";
        if (name.Length == 0)
        {
            var items = string.Join(',', Widgets.Select(w => Widget(w.Key, w.Value)));
            await JsonAsync(context, $$"""{"kind":"WidgetList","apiVersion":"widgets.example.com/v1","metadata":{"resourceVersion":"7"},"items":[{{items}}]}""");
        }
        else if (!Widgets.TryGetValue(name, out var uid) || (context.Request.Method == "DELETE" && !Widgets.TryRemove(name, out _)))
        {
            context.Response.StatusCode = 404;
            await JsonAsync(context, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}""");
        }
        else
        {
            await JsonAsync(context, Widget(name, uid));
        }
    }

    private static string Widget(string name, string uid) => new JsonObject
    {
        ["kind"] = "Widget", ["apiVersion"] = "widgets.example.com/v1", ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["uid"] = uid, ["resourceVersion"] = "5" },
    }.ToJsonString();

    private static Task JsonAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
