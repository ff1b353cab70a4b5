using System.Text.Json.Nodes;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Tests.Subresources;

public sealed class NodeSubresourceTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    private readonly FakeNodes _nodes = FakeNodes.Listen();
    private SubresourceServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SubresourceServer.StartAsync(_nodes);
        await _server.DoAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await PodAsync("one", """[{"name":"c","image":"i","ports":[{"containerPort":8080}]}]""", "10.42.0.5");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _nodes.Dispose();
    }

    [Theory]
    [InlineData("GET", "log", "Log c")]
    [InlineData("GET", "log?container=c", "Log c")]
    [InlineData("POST", "exec?command=ls", "Exec c")]
    [InlineData("POST", "attach", "Attach c")]
    [InlineData("POST", "portforward", "PortForward ")]
    public async Task The_node_of_the_pod_answers(string method, string path, string expected)
    {
        var (code, answer) = await _server.SendAsync(method, $"{Pods}/one/{path}", method == "POST" ? "" : null);
        Assert.Equal((200, expected), (code, (string?)answer));
        Assert.Equal("n", _nodes.Asked[0].NodeName);
        Assert.Equal("one", _nodes.Asked[0].Pod!.Metadata.Name);
    }

    [Fact]
    public async Task A_container_must_be_named_where_there_are_several()
    {
        await PodAsync("two", """[{"name":"a","image":"i"},{"name":"b","image":"i"}]""", "10.42.0.6", ""","initContainers":[{"name":"i","image":"i"}]""");
        await RefusedAsync("GET", Pods + "/two/log", 400, "a container name must be specified for pod two, choose one of: [i a b]");
        await RefusedAsync("GET", Pods + "/two/log?container=x", 400, "container x is not valid for pod two");
        Assert.Equal("Log i", (string?)(await _server.SendAsync("GET", Pods + "/two/log?container=i")).Body);
    }

    [Fact]
    public async Task A_pod_without_a_node_says_nothing_and_runs_nothing()
    {
        await _server.DoAsync("POST", Pods, """{"metadata":{"name":"waiting"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(204, (await _server.SendAsync("GET", Pods + "/waiting/log")).Code);
        await RefusedAsync("POST", Pods + "/waiting/exec?command=ls", 400, "pod waiting does not have a host assigned");
        await RefusedAsync("GET", Pods + "/nobody/log", 404, "pods \"nobody\" not found");
    }

    [Fact]
    public async Task Options_of_logs_are_checked()
    {
        var (code, answer) = await _server.SendAsync("GET", Pods + "/one/log?tailLines=-1&sinceSeconds=0");
        Assert.Equal(422, code);
        Assert.Equal(2, answer!["details"]!["causes"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(Pods + "/one/proxy/a/b?x=y", 8080)]
    [InlineData(Pods + "/one:9090/proxy/a/b?x=y", 9090)]
    [InlineData(Pods + "/http:one:9090/proxy/a/b?x=y", 9090)]
    [InlineData("/api/v1/namespaces/default/services/svc:web/proxy/a/b?x=y", 8081)]
    [InlineData("/api/v1/namespaces/default/services/svc:80/proxy/a/b?x=y", 8081)]
    public async Task Requests_are_passed_on_to_pods(string path, int port)
    {
        await ServiceAsync();
        var (code, answer) = await _server.SendAsync("GET", path);
        Assert.Equal((418, "hello"), (code, (string?)answer));
        Assert.Equal(("10.42.0.5", port), _nodes.Connected[0]);
        Assert.StartsWith("GET /a/b?x=y HTTP/1.1", _nodes.Heads[0], StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", _nodes.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxied_path_ends_with_a_slash()
    {
        var (code, _) = await _server.SendAsync("GET", Pods + "/one/proxy");
        Assert.Equal(301, code);
        Assert.Equal(418, (await _server.SendAsync("GET", Pods + "/one/proxy/")).Code);
        Assert.StartsWith("GET / HTTP/1.1", _nodes.Heads[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("HEAD")]
    public async Task Any_method_is_passed_on(string method)
    {
        var body = method is "POST" or "PUT" or "PATCH" ? "{}" : null;
        Assert.Equal(418, (await _server.SendAsync(method, Pods + "/one/proxy/x?method=" + method, body)).Code);
        Assert.StartsWith(method + " /x?method=" + method + " HTTP/1.1", _nodes.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_without_endpoints_are_unavailable()
    {
        await ServiceAsync();
        await RefusedAsync("GET", "/api/v1/namespaces/default/services/svc:other/proxy/", 503, "no endpoints available for service \"svc:other\"");
        await RefusedAsync("GET", "/api/v1/namespaces/default/services/svc:99/proxy/", 503, "no service port 99 found for service \"svc\"");
        await RefusedAsync("GET", "/api/v1/namespaces/default/services/none/proxy/", 404, "endpoints \"none\" not found");
    }

    [Fact]
    public async Task What_only_the_machine_itself_may_reach_is_not_proxied()
    {
        await PodAsync("evil", """[{"name":"c","image":"i"}]""", "127.0.0.1");
        await RefusedAsync("GET", Pods + "/evil/proxy/", 400, "address not allowed");
        Assert.Empty(_nodes.Connected);
    }

    [Fact]
    public async Task Upgraded_connections_carry_both_ways()
    {
        Assert.Equal("ping", await _server.EchoAsync(Pods + "/one/proxy/stream", "ping"));
    }

    [Fact]
    public async Task A_node_answers_its_own_proxy()
    {
        await _server.DoAsync("POST", "/api/v1/nodes", """{"metadata":{"name":"n"}}""");
        Assert.Equal("NodeProxy /stats/summary", (string?)(await _server.SendAsync("GET", "/api/v1/nodes/n/proxy/stats/summary")).Body);
        Assert.Equal(NodeEndpoint.NodeProxy, _nodes.Asked[0].Endpoint);
        await RefusedAsync("GET", "/api/v1/nodes/m/proxy/", 404, "nodes \"m\" not found");
    }

    private async Task RefusedAsync(string method, string path, int code, string message)
    {
        var (actual, answer) = await _server.SendAsync(method, path, method == "POST" ? "" : null);
        Assert.Equal((code, message), (actual, (string?)answer!["message"]));
    }

    private async Task ServiceAsync()
    {
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"svc"},"spec":{"ports":[{"name":"web","port":80}]}}""");
        await _server.DoAsync("POST", "/api/v1/namespaces/default/endpoints",
            """{"metadata":{"name":"svc"},"subsets":[{"addresses":[{"ip":"10.42.0.5"}],"ports":[{"name":"web","port":8081}]}]}""");
    }

    private async Task PodAsync(string name, string containers, string address, string more = "")
    {
        var pod = JsonNode.Parse($$$"""{"metadata":{},"spec":{"nodeName":"n","containers":{{{containers}}}{{{more}}}} }""")!;
        pod["metadata"]!["name"] = name;
        await _server.DoAsync("POST", Pods, pod.ToJsonString());
        var status = new JsonObject { ["status"] = new JsonObject { ["podIP"] = address, ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }) } };
        await _server.DoAsync("PATCH", $"{Pods}/{name}/status", status.ToJsonString(), "application/merge-patch+json");
    }
}
