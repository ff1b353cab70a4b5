using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Gantry.Server.Tests.Subresources;

public sealed class OtherSubresourceTests : IAsyncLifetime
{
    private SubresourceServer _server = null!;

    public async Task InitializeAsync() => _server = await SubresourceServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_token_of_an_account_is_its_accounts()
    {
        await _server.DoAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"me"}}""");
        var issued = await _server.DoAsync("POST", "/api/v1/namespaces/default/serviceaccounts/me/token", """{"spec":{"expirationSeconds":700}}""");
        Assert.Equal("TokenRequest", (string?)issued["kind"]);
        Assert.Equal(700, (int)issued["spec"]!["expirationSeconds"]!);
        var review = new JsonObject { ["spec"] = new JsonObject { ["token"] = (string?)issued["status"]!["token"] } };
        var answer = await _server.DoAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review.ToJsonString());
        Assert.Equal("system:serviceaccount:default:me", (string?)answer["status"]!["user"]!["username"]);
        var (code, refusal) = await _server.SendAsync("POST", "/api/v1/namespaces/default/serviceaccounts/me/token", """{"spec":{"expirationSeconds":7}}""");
        Assert.Equal(422, code);
        Assert.Contains("may not specify a duration less than 10 minutes", (string?)refusal!["message"], StringComparison.Ordinal);
        Assert.Equal(404, (await _server.SendAsync("POST", "/api/v1/namespaces/default/serviceaccounts/you/token", "{}")).Code);
    }

    [Fact]
    public async Task A_namespace_goes_when_its_last_finalizer_does()
    {
        await _server.DoAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"x"}}""");
        await _server.DoAsync("DELETE", "/api/v1/namespaces/x");
        var going = await _server.DoAsync("GET", "/api/v1/namespaces/x");
        Assert.Equal("Terminating", (string?)going["status"]!["phase"]);
        going["spec"]!["finalizers"] = new JsonArray();
        going["status"]!["phase"] = "Active";
        var answer = await _server.DoAsync("PUT", "/api/v1/namespaces/x/finalize", going.ToJsonString());
        Assert.Equal("Terminating", (string?)answer["status"]!["phase"]);
        Assert.Equal(404, (await _server.SendAsync("GET", "/api/v1/namespaces/x")).Code);
    }

    [Fact]
    public async Task An_approval_only_decides()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var request = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "r" },
            ["spec"] = new JsonObject
            {
                ["request"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)), ["signerName"] = "example.com/s", ["usages"] = new JsonArray("client auth"),
            },
        };
        const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        var made = await _server.DoAsync("POST", Requests, request.ToJsonString());
        made["spec"]!["signerName"] = "example.com/other";
        made["status"] = JsonNode.Parse("""{"certificate":"eA==","conditions":[{"type":"Approved","status":"True","reason":"Fine"}]}""");
        await _server.DoAsync("PUT", Requests + "/r/approval", made.ToJsonString());
        var stored = await _server.DoAsync("GET", Requests + "/r");
        Assert.Equal("example.com/s", (string?)stored["spec"]!["signerName"]);
        Assert.Null(stored["status"]!["certificate"]);
        Assert.Equal("Approved", (string?)stored["status"]!["conditions"]![0]!["type"]);
        Assert.NotNull(stored["status"]!["conditions"]![0]!["lastUpdateTime"]);
        Assert.NotNull(stored["status"]!["conditions"]![0]!["lastTransitionTime"]);
    }

    [Fact]
    public async Task Services_get_addresses_and_tables_show_them()
    {
        var made = await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""");
        var address = (string?)made["spec"]!["clusterIP"];
        Assert.StartsWith("10.96.", address, StringComparison.Ordinal);
        var (_, table) = await _server.SendAsync("GET", "/api/v1/namespaces/default/services/s", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(address, (string?)table!["rows"]![0]!["cells"]![2]);
        var again = await _server.DoAsync("PATCH", "/api/v1/namespaces/default/services/s", """{"spec":{"ports":[{"port":81}]}}""", "application/merge-patch+json");
        Assert.Equal(address, (string?)again["spec"]!["clusterIP"]);
        await _server.DoAsync("DELETE", "/api/v1/namespaces/default/services/s");
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "t" }, ["spec"] = JsonNode.Parse("""{"ports":[{"port":80}]}""") };
        body["spec"]!["clusterIP"] = address;
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", body.ToJsonString());
        var (code, answer) = await _server.SendAsync("GET", "/api/v1/namespaces?includeObject=Half", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(400, code);
        Assert.Contains("must be 'Metadata', 'Object', 'None', or empty", (string?)answer!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_server_has_what_a_cluster_starts_with()
    {
        var service = await _server.DoAsync("GET", "/api/v1/namespaces/default/services/kubernetes");
        Assert.Equal("10.96.0.1", (string?)service["spec"]!["clusterIP"]);
        var endpoints = await _server.DoAsync("GET", "/api/v1/namespaces/default/endpoints/kubernetes");
        Assert.Equal("192.0.2.2", (string?)endpoints["subsets"]![0]!["addresses"]![0]!["ip"]);
        Assert.Equal(64, await CountAsync("rbac.authorization.k8s.io/v1/clusterroles"));
        Assert.Equal(45, await CountAsync("rbac.authorization.k8s.io/v1/clusterrolebindings"));
        Assert.Equal(13, await CountAsync("flowcontrol.apiserver.k8s.io/v1/flowschemas"));
        Assert.Equal(20, await CountAsync("apiregistration.k8s.io/v1/apiservices"));
        await _server.UntilAsync("/apis/apiregistration.k8s.io/v1/apiservices/v1.apps", o => (string?)o["status"]?["conditions"]?[0]?["reason"] == "Local");
        await _server.UntilAsync("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt", o => (string?)o["status"]?["conditions"]?[0]?["reason"] == "Found");
        Assert.Equal(3, (await _server.DoAsync("GET", "/api/v1/componentstatuses"))["items"]!.AsArray().Count);
        var (code, absent) = await _server.SendAsync("GET", "/api/v1/componentstatuses/unknown");
        Assert.Equal((500, "Component not found: unknown", null), (code, (string?)absent!["message"], (string?)absent["reason"]));
    }

    [Fact]
    public async Task Component_statuses_are_listed_as_other_objects_are_without_a_version()
    {
        const string Path = "/api/v1/componentstatuses";
        var list = await _server.DoAsync("GET", Path);
        Assert.Equal("{}", list["metadata"]!.ToJsonString());
        Assert.Equal(
            """{"metadata":{"name":"controller-manager","creationTimestamp":null},"conditions":[{"type":"Healthy","status":"True","message":"ok"}]}""",
            list["items"]![0]!.ToJsonString());
        var one = await _server.DoAsync("GET", Path + "?fieldSelector=metadata.name%3Detcd-0");
        Assert.Equal("etcd-0", (string?)Assert.Single(one["items"]!.AsArray())!["metadata"]!["name"]);
        Assert.Empty((await _server.DoAsync("GET", Path + "?labelSelector=a%3Db"))["items"]!.AsArray());
        Assert.Equal(400, (await _server.SendAsync("GET", Path + "?labelSelector=a%3D%3D%3Db")).Code);
        var table = (await _server.SendAsync("GET", Path, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")).Body!;
        Assert.Equal("{}", table["metadata"]!.ToJsonString());
        Assert.Equal("""["scheduler","Healthy","ok",""]""", table["rows"]![1]!["cells"]!.ToJsonString());
        var metadata = (await _server.SendAsync("GET", Path, accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")).Body!;
        Assert.Equal("scheduler", (string?)metadata["items"]![1]!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Questions_have_no_table()
    {
        const string Question = """{"spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}}""";
        const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        Assert.Equal(406, (await _server.SendAsync("POST", Path, Question, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")).Code);
        Assert.Equal(201, (await _server.SendAsync("POST", Path, Question, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")).Code);
    }

    [Fact]
    public async Task A_flow_without_its_level_dangles()
    {
        const string Flows = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
        await _server.DoAsync("POST", Flows, """{"metadata":{"name":"f"},"spec":{"matchingPrecedence":700,"priorityLevelConfiguration":{"name":"nobody"}}}""");
        await _server.UntilAsync(Flows + "/f", o => (string?)o["status"]?["conditions"]?[0]?["status"] == "True");
        await _server.DoAsync("PATCH", Flows + "/f", """{"spec":{"priorityLevelConfiguration":{"name":"exempt"}}}""", "application/merge-patch+json");
        await _server.UntilAsync(Flows + "/f", o => (string?)o["status"]?["conditions"]?[0]?["status"] == "False");
    }

    [Fact]
    public async Task Groups_of_custom_resources_are_registered_while_they_are_served()
    {
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        const string Registration = "/apis/apiregistration.k8s.io/v1/apiservices/v1.example.com";
        await _server.DoAsync("POST", Definitions,
            """{"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");
        await _server.UntilAsync(Registration, o => o["status"] is JsonObject status && (string?)status["conditions"]?[0]?["reason"] == "Local");
        await _server.DoAsync("DELETE", Definitions + "/widgets.example.com");
        await _server.UntilAsync(Registration, o => (string?)o["reason"] == "NotFound");
    }

    private async Task<int> CountAsync(string path) => (await _server.DoAsync("GET", "/apis/" + path))["items"]!.AsArray().Count;
}
