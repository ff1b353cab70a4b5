using System.Text;
using System.Text.Json.Nodes;
using Gantry.Server.Tests.Subresources;

namespace Gantry.Server.Tests.Aggregation;

public sealed class AggregationTests : IAsyncLifetime
{
    private const string Services = "/apis/apiregistration.k8s.io/v1/apiservices";

    private readonly AggregatedBackend _backend = AggregatedBackend.Listen("m.default.svc");
    private SubresourceServer _server = null!;

    public async Task InitializeAsync() => _server = await SubresourceServer.StartAsync(_backend);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _backend.Dispose();
    }

    [Fact]
    public async Task A_registration_tells_what_is_missing_until_its_server_answers()
    {
        await RegisterAsync(_backend.Authority);
        await UntilAsync("ServiceNotFound");
        Assert.Equal(503, (await _server.SendAsync("GET", "/apis/metrics.example.com/v1/namespaces/default/pods")).Code);
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"m"},"spec":{"ports":[{"name":"https","port":443}]}}""");
        await UntilAsync("EndpointsNotFound");
        await EndpointsAsync();
        await UntilAsync("Passed");
    }

    [Fact]
    [Trait("Conformance", "Aggregator Should be able to support the 1.17 Sample API Server using the current Aggregator")]
    public async Task Requests_reach_the_other_server_in_the_name_of_the_user()
    {
        await ReadyAsync(_backend.Authority);
        var answer = await _server.DoAsync("GET", "/apis/metrics.example.com/v1/namespaces/default/pods?limit=3");
        Assert.Equal("APIResourceList", (string?)answer["kind"]);
        var head = _backend.Heads.Last(h => h.Contains("limit=3", StringComparison.Ordinal));
        Assert.StartsWith("GET /apis/metrics.example.com/v1/namespaces/default/pods?limit=3 HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains("X-Remote-User: admin", head, StringComparison.Ordinal);
        Assert.Contains("system:masters", head, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", head, StringComparison.Ordinal);
        Assert.Equal("CN=front-proxy-client", _backend.Clients[^1]);
    }

    [Fact]
    public async Task Discovery_shows_what_the_other_server_serves()
    {
        await ReadyAsync(_backend.Authority);
        var groups = await _server.DoAsync("GET", "/apis");
        Assert.Contains(groups["groups"]!.AsArray(), g => (string?)g!["name"] == "metrics.example.com");
        var (_, all) = await _server.SendAsync("GET", "/apis", accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        var mine = all!["items"]!.AsArray().Single(g => (string?)g!["metadata"]!["name"] == "metrics.example.com")!;
        Assert.Equal("PodMetrics", (string?)mine["versions"]![0]!["resources"]![0]!["responseKind"]!["kind"]);
    }

    [Fact]
    public async Task The_other_server_describes_its_api_itself()
    {
        await ReadyAsync(_backend.Authority);
        await _server.DoAsync("GET", "/openapi/v3/apis/metrics.example.com/v1");
        Assert.Contains(_backend.Heads, h => h.StartsWith("GET /openapi/v3/apis/metrics.example.com/v1 HTTP/1.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_shows_another_certificate_is_not_believed()
    {
        using var other = AggregatedBackend.Listen("m.default.svc");
        await RegisterAsync(other.Authority);
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"m"},"spec":{"ports":[{"name":"https","port":443}]}}""");
        await EndpointsAsync();
        await UntilAsync("FailedDiscoveryCheck");
    }

    private async Task ReadyAsync(string authority)
    {
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"m"},"spec":{"ports":[{"name":"https","port":443}]}}""");
        await EndpointsAsync();
        await RegisterAsync(authority);
        await UntilAsync("Passed");
    }

    private Task<JsonNode> EndpointsAsync() => _server.DoAsync("POST", "/api/v1/namespaces/default/endpoints",
        """{"metadata":{"name":"m"},"subsets":[{"addresses":[{"ip":"10.42.0.5"}],"ports":[{"name":"https","port":6443}]}]}""");

    private async Task RegisterAsync(string authority)
    {
        var service = JsonNode.Parse("""{"metadata":{"name":"v1.metrics.example.com"},"spec":{"group":"metrics.example.com","version":"v1","groupPriorityMinimum":100,"versionPriority":100,"service":{"namespace":"default","name":"m"}}}""")!;
        service["spec"]!["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority));
        await _server.DoAsync("POST", Services, service.ToJsonString());
    }

    private Task UntilAsync(string reason) =>
        _server.UntilAsync(Services + "/v1.metrics.example.com", o => (string?)o["status"]?["conditions"]?[0]?["reason"] == reason);
}
