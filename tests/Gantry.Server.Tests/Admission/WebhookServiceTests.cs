using System.Net;
using System.Net.Sockets;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Tests.Serving;
using Gantry.Server.Tests.Subresources;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Admission;

public sealed class WebhookServiceTests
{
    [Fact]
    public async Task A_webhook_behind_a_service_is_asked_through_the_pod_network()
    {
        var network = new PodNetwork();
        await using var server = await SubresourceServer.StartAsync(network);
        await using var hook = await HookServer.StartAsync(server.Pki, _ => new TreeMap { ["allowed"] = false }, "hook.default.svc");
        network.Port = hook.Port;
        await ServiceAsync(server, ready: true);
        await ConfigureAsync(server, hook, "configmaps");

        var (code, body) = await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request without explanation"), (code, (string?)body!["message"]));
        Assert.Equal([("192.0.2.7", 8443)], network.Connected);
    }

    [Fact]
    public async Task A_webhook_without_endpoints_fails_in_words_that_name_the_service()
    {
        await using var server = await SubresourceServer.StartAsync(new PodNetwork());
        await using var hook = await HookServer.StartAsync(server.Pki, _ => new TreeMap { ["allowed"] = true }, "hook.default.svc");
        await ServiceAsync(server, ready: false);
        await ConfigureAsync(server, hook, "configmaps");

        var (code, body) = await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal(500, code);
        Assert.Equal(
            "Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"https://hook.default.svc:443/hook?timeout=10s\": no endpoints available for service \"hook\"",
            (string?)body!["message"]);
    }

    [Theory]
    [InlineData(null, "service \"hook\" not found")]
    [InlineData("""{"ports":[{"port":444}]}""", "no service port 443 found for service \"hook\"")]
    [InlineData("""{"ports":[{"port":443}]}""", "no endpoints available for service \"hook\"")]
    [InlineData("""{"clusterIP":"None","ports":[{"port":443}]}""", "cannot route to service with ClusterIP \"None\"")]
    public async Task A_service_that_leads_nowhere_is_told_as_what_it_is(string? spec, string why)
    {
        await using var server = await SubresourceServer.StartAsync(new PodNetwork());
        await using var hook = await HookServer.StartAsync(server.Pki, _ => new TreeMap { ["allowed"] = true }, "hook.default.svc");
        if (spec is not null)
        {
            await server.DoAsync("POST", "/api/v1/namespaces/default/services", $$$"""{"metadata":{"name":"hook"},"spec":{{{spec}}} }""");
        }

        await ConfigureAsync(server, hook, "configmaps");

        var (code, body) = await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal(
            (500, "Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"https://hook.default.svc:443/hook?timeout=10s\": " + why),
            (code, (string?)body!["message"]));
    }

    [Fact]
    public async Task A_webhook_behind_a_name_elsewhere_is_asked_there_under_the_name_of_its_service()
    {
        var network = new PodNetwork();
        await using var server = await SubresourceServer.StartAsync(network);
        await using var hook = await HookServer.StartAsync(server.Pki, _ => new TreeMap { ["allowed"] = false }, "hook.default.svc");
        await server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"hook"},"spec":{"type":"ExternalName","externalName":"localhost"}}""");
        await ConfigureAsync(server, hook, "configmaps", $",\"port\":{hook.Port}");

        var (code, body) = await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request without explanation"), (code, (string?)body!["message"]));
        Assert.Empty(network.Connected);
    }

    [Fact]
    public async Task A_webhook_whose_own_pods_it_would_judge_lets_them_through_until_one_is_ready()
    {
        var network = new PodNetwork();
        await using var server = await SubresourceServer.StartAsync(network);
        await using var hook = await HookServer.StartAsync(server.Pki, _ => new TreeMap { ["allowed"] = false }, "hook.default.svc");
        network.Port = hook.Port;
        await ServiceAsync(server, ready: false);
        await server.SendAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await ConfigureAsync(server, hook, "*/*");
        const string Pods = "/api/v1/namespaces/default/pods";

        // Somebody else's pod waits for the webhook; its own does not, from its creation to the endpoint that makes it ready.
        Assert.Equal(500, (await server.SendAsync("POST", Pods, Pod("stranger", "other"))).Code);
        Assert.Equal(201, (await server.SendAsync("POST", Pods, Pod("own", "hook"))).Code);
        Assert.Equal(201, (await server.SendAsync("POST", Pods + "/own/binding", """{"metadata":{"name":"own"},"target":{"kind":"Node","name":"n"}}""")).Code);
        Assert.Equal(200, (await server.SendAsync("PATCH", Pods + "/own/status", """{"status":{"phase":"Running"}}""", "application/merge-patch+json")).Code);
        await server.UntilAsync("/api/v1/namespaces/default/events", events => events["items"]!.AsArray().Any(e =>
            (string?)e!["reason"] == "WebhookCycle" && (string?)e["involvedObject"]!["kind"] == "ValidatingWebhookConfiguration" && (string?)e["involvedObject"]!["name"] == "hook"));
        Assert.Equal(200, (await server.SendAsync("PATCH", "/api/v1/namespaces/default/endpoints/hook", Addresses, "application/merge-patch+json")).Code);

        // From here on it is asked like any other.
        Assert.Equal(400, (await server.SendAsync("POST", Pods, Pod("late", "hook"))).Code);
    }

    private const string Addresses = """{"subsets":[{"addresses":[{"ip":"192.0.2.7"}],"ports":[{"port":8443}]}]}""";

    private static string Pod(string name, string app) =>
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"app":"{{{app}}}"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""";

    private static async Task ServiceAsync(SubresourceServer server, bool ready)
    {
        await server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"hook"},"spec":{"selector":{"app":"hook"},"ports":[{"port":443,"targetPort":8443}]}}""");
        await server.DoAsync("POST", "/api/v1/namespaces/default/endpoints", ready ? Addresses.Insert(1, "\"metadata\":{\"name\":\"hook\"},") : """{"metadata":{"name":"hook"}}""");
    }

    private static async Task ConfigureAsync(SubresourceServer server, HookServer hook, string resources, string port = "") =>
        _ = await server.DoAsync("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", $$$"""
            {"metadata":{"name":"hook"},"webhooks":[{"name":"hook.example.com","sideEffects":"None","admissionReviewVersions":["v1"],
             "clientConfig":{"service":{"namespace":"default","name":"hook","path":"/hook"{{{port}}} },"caBundle":"{{{hook.CaBundle}}}"},
             "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"default"} },
             "objectSelector":{"matchExpressions":[{"key":"kubernetes.io/bootstrapping","operator":"DoesNotExist"}]},
             "rules":[{"operations":["CREATE","UPDATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["{{{resources}}}"],"scope":"Namespaced"}]}] }
            """);

    /// <summary>Every address of the pod network is one port of this machine.</summary>
    private sealed class PodNetwork : INodeProxy
    {
        public int Port { get; set; }

        public List<(string Address, int Port)> Connected { get; } = [];

        public Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation) => throw new NotSupportedException();

        public async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation)
        {
            Connected.Add((address, port));
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellation);
            return client.GetStream();
        }
    }
}
