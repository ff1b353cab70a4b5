using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

/// <summary>What is particular to kinds outside the core, apps and batch groups when they are written.</summary>
[Collection(SharedServer.Name)]
public sealed class GroupKindTests(RunningServer server)
{
    private const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private const string Drivers = "/apis/storage.k8s.io/v1/csidrivers";

    private readonly RunningServer _server = server;

    [Fact]
    public async Task Who_asks_for_a_certificate_owns_nothing_of_what_is_asked_for()
    {
        var made = await RequestAsync();
        Assert.Equal(["{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a\":{}}}}"], Owned(made));
        var changed = await _server.MergeAsync($"{Requests}/{made.Metadata.Text("name")}", """{"spec":{"signerName":"example.com/other"},"metadata":{"labels":{"b":"c"}}}""");
        Assert.Equal("example.com/s", changed.Body.Map("spec")!.Text("signerName"));
    }

    [Fact]
    public async Task A_certificate_request_is_decided_once_and_through_its_approval()
    {
        var name = (await RequestAsync()).Metadata.Text("name");
        var denied = await _server.MergeAsync($"{Requests}/{name}/status", """{"status":{"conditions":[{"type":"Denied","status":"True"}]}}""");
        Assert.Equal((422, "FieldValueForbidden"), (denied.Code, denied.Cause("status.conditions")));
        var approved = await _server.MergeAsync($"{Requests}/{name}/approval", """{"status":{"conditions":[{"type":"Approved","status":"True","reason":"R"}]}}""");
        var condition = Assert.IsType<TreeMap>(Assert.Single(approved.Body.Map("status")!.List("conditions")!));
        Assert.NotNull(condition.Text("lastUpdateTime"));
        Assert.NotNull(condition.Text("lastTransitionTime"));

        // Who writes the rest of the status need not know the decision's details.
        var failed = await _server.MergeAsync(
            $"{Requests}/{name}/status", """{"status":{"conditions":[{"type":"Approved","status":"True"},{"type":"Failed","status":"True"}]}}""");
        Assert.Equal(200, failed.Code);
        Assert.Equal("R", ((TreeMap)failed.Body.Map("status")!.List("conditions")![0]).Text("reason"));
        var taken = await _server.MergeAsync($"{Requests}/{name}/approval", """{"status":{"conditions":[]}}""");
        Assert.Contains("updates may not remove a condition of type \"Approved\"", taken.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bm9uZQ==", "PEM block type must be CERTIFICATE REQUEST")]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUFBPQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K", "asn1: syntax error: sequence truncated")]
    [InlineData(
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KQUFBQQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K",
        "asn1: structure error: tags don't match (16 vs {class:0 tag:0 length:0 isCompound:false}) {optional:false explicit:false application:false private:false "
        + "defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} certificateRequest @2")]
    public async Task What_is_no_certificate_request_is_refused(string request, string why)
    {
        var answer = await _server.PostAsync(Requests, $$$"""{"metadata":{"name":"{{{_server.Name()}}}"},"spec":{"request":"{{{request}}}","signerName":"example.com/s","usages":["any"]}}""");
        Assert.Equal(422, answer.Code);
        Assert.Contains(why, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_request_that_somebody_else_signed_is_refused()
    {
        var pem = Request();
        pem[^60] = pem[^60] == (byte)'A' ? (byte)'B' : (byte)'A';
        var answer = await RequestAsync(pem);
        Assert.Equal(422, answer.Code);
        Assert.Contains("spec.request: Invalid value: []byte{0x2d, 0x2d,", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drivers_generation_begins_with_its_first_change()
    {
        var path = $"{Drivers}/{_server.Name()}";
        var made = await _server.PostAsync(Drivers, $$$"""{"metadata":{"name":"{{{path[(Drivers.Length + 1)..]}}}"},"spec":{}}""");
        Assert.False(made.Metadata.Contains("generation"));
        Assert.False((await _server.MergeAsync(path, """{"metadata":{"labels":{"a":"b"}}}""")).Metadata.Contains("generation"));
        Assert.Equal(TreeInteger.Of(1), (await _server.MergeAsync(path, """{"spec":{"requiresRepublish":true}}""")).Metadata["generation"]);
    }

    [Fact]
    public async Task A_priority_classs_generation_stays()
    {
        var name = _server.Name();
        const string Classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
        Assert.Equal(201, (await _server.PostAsync(Classes, $$$"""{"metadata":{"name":"{{{name}}}"},"value":1}""")).Code);
        Assert.Equal(TreeInteger.Of(1), (await _server.MergeAsync($"{Classes}/{name}", """{"description":"changed"}""")).Metadata["generation"]);
    }

    [Fact]
    public async Task A_slices_generation_counts_labels_and_its_old_topology_is_dropped()
    {
        var slices = $"/apis/discovery.k8s.io/v1/namespaces/{await _server.NamespaceAsync()}/endpointslices";
        var made = await _server.PostAsync(
            slices, """{"metadata":{"name":"s"},"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"deprecatedTopology":{"topology.kubernetes.io/zone":"z"}}]}""");
        Assert.Equal(201, made.Code);
        Assert.False(((TreeMap)made.Body.List("endpoints")![0]).Contains("deprecatedTopology"));
        Assert.Equal(TreeInteger.Of(1), (await _server.MergeAsync(slices + "/s", """{"metadata":{"annotations":{"a":"b"}}}""")).Metadata["generation"]);
        Assert.Equal(TreeInteger.Of(2), (await _server.MergeAsync(slices + "/s", """{"metadata":{"labels":{"a":"b"}}}""")).Metadata["generation"]);
    }

    [Fact]
    public async Task An_update_of_a_kind_that_wants_a_revision_is_told_so_by_its_resource()
    {
        var leases = $"/apis/coordination.k8s.io/v1/namespaces/{await _server.NamespaceAsync()}/leases";
        Assert.Equal(201, (await _server.PutAsync(leases + "/l", """{"metadata":{"name":"l"}}""")).Code);
        var answer = await _server.PutAsync(leases + "/l", """{"metadata":{"name":"l","labels":{"a":"b"}}}""");
        Assert.Equal("leases.coordination.k8s.io \"l\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update", answer.Message);
        Assert.Equal("leases", answer.Body.Map("details")!.Text("kind"));
    }

    [Fact]
    public async Task A_lease_loses_what_is_switched_off_in_this_release()
    {
        var leases = $"/apis/coordination.k8s.io/v1/namespaces/{await _server.NamespaceAsync()}/leases";
        var made = await _server.PostAsync(leases, """{"metadata":{"name":"l"},"spec":{"holderIdentity":"h","strategy":"OldestEmulationVersion","preferredHolder":"p"}}""");
        Assert.Equal("{\"holderIdentity\":\"h\"}", made.Body["spec"]!.ToString());
    }

    [Fact]
    public async Task What_the_server_answers_itself_is_available_at_once()
    {
        var group = _server.Name("g") + ".example.com";
        const string Services = "/apis/apiregistration.k8s.io/v1/apiservices";
        var made = await _server.PostAsync(
            Services, $$$"""{"metadata":{"name":"v1.{{{group}}}"},"spec":{"group":"{{{group}}}","version":"v1","groupPriorityMinimum":100,"versionPriority":10}}""");
        var condition = Assert.IsType<TreeMap>(Assert.Single(made.Body.Map("status")!.List("conditions")!));
        Assert.Equal(("Available", "True", "Local"), (condition.Text("type"), condition.Text("status"), condition.Text("reason")));
        Assert.Equal(200, (await _server.DeleteAsync($"{Services}/v1.{group}")).Code);
    }

    [Fact]
    public async Task Deprecated_words_are_let_in_with_a_warning()
    {
        var ingresses = $"/apis/networking.k8s.io/v1/namespaces/{await _server.NamespaceAsync()}/ingresses";
        var ingress = await _server.PostAsync(
            ingresses, """{"metadata":{"name":"i","annotations":{"kubernetes.io/ingress.class":"c"}},"spec":{"defaultBackend":{"service":{"name":"s","port":{"number":80}}}}}""");
        Assert.Equal("299 - \"annotation \\\"kubernetes.io/ingress.class\\\" is deprecated, please use 'spec.ingressClassName' instead\"", Assert.Single(ingress.Warnings));
        var runtime = await _server.PostAsync(
            "/apis/node.k8s.io/v1/runtimeclasses?dryRun=All", """{"metadata":{"name":"r"},"handler":"h","scheduling":{"nodeSelector":{"beta.kubernetes.io/os":"linux"}}}""");
        Assert.Equal("299 - \"scheduling.nodeSelector: deprecated since v1.14; use \\\"kubernetes.io/os\\\" instead\"", Assert.Single(runtime.Warnings));
        var storage = await _server.PostAsync(
            "/apis/storage.k8s.io/v1/storageclasses?dryRun=All",
            """{"metadata":{"name":"s"},"provisioner":"p","allowedTopologies":[{"matchLabelExpressions":[{"key":"failure-domain.beta.kubernetes.io/zone","values":["z"]}]}]}""");
        Assert.Equal("299 - \"allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use \\\"topology.kubernetes.io/zone\\\" instead\"", Assert.Single(storage.Warnings));
    }

    [Fact]
    public async Task Flow_schemas_are_shown_in_the_order_in_which_they_are_asked()
    {
        var table = await _server.SendAsync(HttpMethod.Get, "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        var order = table.Body.List("rows")!.OfType<TreeMap>().Select(r => ((TreeInteger)r.List("cells")![2]).Value).ToList();
        Assert.Equal(order.Order(), order);
        Assert.Equal((1, 10000), (order[0], order[^1]));
    }

    [Fact]
    public async Task The_flow_schema_of_whoever_may_do_everything_stays_as_it_is()
    {
        var answer = await _server.MergeAsync("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt", """{"spec":{"matchingPrecedence":2}}""");
        Assert.Equal(422, answer.Code);
        Assert.Contains("spec of 'exempt' must equal the fixed value", answer.Message, StringComparison.Ordinal);
        var level = await _server.MergeAsync("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/exempt?dryRun=All", """{"spec":{"exempt":{"lendablePercent":50}}}""");
        Assert.Equal(200, level.Code);
    }

    private static IEnumerable<string> Owned(Answer answer) => answer.Metadata.List("managedFields")!.OfType<TreeMap>().Select(m => m["fieldsV1"]!.ToString()!);

    private Task<Answer> RequestAsync(byte[]? pem = null) => _server.PostAsync(
        Requests,
        $$$"""{"metadata":{"name":"{{{_server.Name()}}}","labels":{"a":"b"}},"spec":{"request":"{{{Convert.ToBase64String(pem ?? Request())}}}","signerName":"example.com/s","usages":["client auth"]}}""");

    private static byte[] Request()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Encoding.ASCII.GetBytes(new CertificateRequest("CN=u", key, HashAlgorithmName.SHA256).CreateSigningRequestPem());
    }
}
