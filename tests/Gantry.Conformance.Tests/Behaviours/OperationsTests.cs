using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Every verb of a resource, in the order in which a client meets them.</summary>
[Collection(SharedCluster.Name)]
public sealed class OperationsTests(SimulatedCluster cluster)
{
    private const string Flow = """{"priorityLevelConfiguration":{"name":"global-default"},"matchingPrecedence":10000,"rules":[{"subjects":[{"kind":"User","user":{"name":"example-e2e-non-existent-user"}}],"nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}]}]}""";
    private const string Level = """{"type":"Limited","limited":{"nominalConcurrencyShares":2,"limitResponse":{"type":"Reject"}}}""";
    private const string Policy = """{"matchConstraints":{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],"operations":["CREATE"],"resources":["deployments"]}],"namespaceSelector":{"matchLabels":{"none":"such"}}},"validations":[{"expression":"object.spec.replicas > 1"}]}""";
    private const string Binding = """{"policyName":"replicas.example.com","validationActions":["Deny"],"matchResources":{"namespaceSelector":{"matchLabels":{"none":"such"}}}}""";

    [Theory]
    [InlineData("/apis/flowcontrol.apiserver.k8s.io/v1", "flowschemas", Flow, true)]
    [InlineData("/apis/flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations", Level, true)]
    [InlineData("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", Policy, true)]
    [InlineData("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", Binding, false)]
    [InlineData("/apis/certificates.k8s.io/v1", "certificatesigningrequests", null, true)]
    [Trait("Conformance", "API priority and fairness should support FlowSchema API operations")]
    [Trait("Conformance", "API priority and fairness should support PriorityLevelConfiguration API operations")]
    [Trait("Conformance", "ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicy API operations")]
    [Trait("Conformance", "ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should support ValidatingAdmissionPolicyBinding API operations")]
    [Trait("Conformance", "Certificates API [Privileged:ClusterAdmin] should support CSR API operations")]
    public async Task A_resource_has_every_verb(string api, string plural, string? spec, bool status)
    {
        spec ??= Requests.ClientSpec();
        var group = api.Split('/')[2];
        Assert.Contains((await cluster.GetAsync("/apis"))["groups"]!.AsArray(), g => g.Text("name") == group);
        Assert.Contains((await cluster.GetAsync("/apis/" + group))["versions"]!.AsArray(), v => v.Text("version") == "v1");
        var resources = (await cluster.GetAsync(api))["resources"]!.AsArray().Select(r => r.Text("name")).ToList();
        Assert.Contains(plural, resources);
        Assert.Equal(status, resources.Contains(plural + "/status", StringComparer.Ordinal));

        var list = $"{api}/{plural}";
        var label = cluster.Name("operations");
        var selected = $"{list}?labelSelector=test%3D{label}";
        var names = Enumerable.Range(0, 3).Select(_ => cluster.Name("thing")).ToList();
        var start = (await cluster.GetAsync(selected)).Version();
        foreach (var name in names)
        {
            await cluster.DoAsync("POST", list, $$$"""{"metadata":{"name":"{{{name}}}","labels":{"test":"{{{label}}}"}},"spec":{{{spec}}}}""");
        }

        var path = $"{list}/{names[0]}";
        Assert.Equal(names[0], (await cluster.GetAsync(path)).Name());
        Assert.Equal(names.Order(StringComparer.Ordinal), (await cluster.GetAsync(selected)).Names());
        using var watch = await cluster.WatchAsync($"{selected}&watch=true&resourceVersion={start}");
        Assert.Equal(names[0], (await watch.NextAsync("ADDED")).Name());

        var patched = await cluster.MergeAsync(path, """{"metadata":{"annotations":{"patched":"true"}}}""");
        Assert.Equal("true", patched.Text("metadata.annotations.patched"));
        var seen = await watch.NextAsync("MODIFIED");
        while (seen.Text("metadata.annotations.patched") != "true")
        {
            seen = await watch.NextAsync("MODIFIED");
        }

        var now = await cluster.GetAsync(path);
        now["metadata"]!["annotations"]!["updated"] = "true";
        now["metadata"]!.AsObject().Remove("resourceVersion");
        if (plural == "validatingadmissionpolicybindings" || plural.EndsWith("policies", StringComparison.Ordinal))
        {
            now["metadata"]!["resourceVersion"] = (await cluster.GetAsync(path)).Version();
        }

        Assert.Equal("true", (await cluster.DoAsync("PUT", path, now.ToJsonString())).Text("metadata.annotations.updated"));
        if (status)
        {
            Assert.Equal(names[0], (await cluster.GetAsync(path + "/status")).Name());
            var reported = await cluster.MergeAsync(path + "/status", """{"metadata":{"annotations":{"patchedstatus":"true"}}}""");
            Assert.Equal(names[0], reported.Name());
        }

        await cluster.DeleteAsync(path);
        await cluster.GoneAsync(path);
        await watch.NextAsync("DELETED");
        await cluster.DeleteAsync(selected);
        await cluster.ItemsAsync(selected, 0);
    }

    [Fact]
    [Trait("Conformance", "Certificates API [Privileged:ClusterAdmin] should support CSR API operations")]
    public async Task An_approval_is_patched_and_updated_through_its_own_path()
    {
        var name = cluster.Name("csr");
        var path = "/apis/certificates.k8s.io/v1/certificatesigningrequests/" + name;
        await cluster.DoAsync("POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{Requests.ClientSpec("example.com/signs-nothing")}}}}""");
        var patched = await cluster.MergeAsync(path + "/approval",
            """{"metadata":{"annotations":{"patchedapproval":"true"}},"status":{"conditions":[{"type":"ApprovalPatch","status":"True","reason":"e2e"}]}}""");
        Assert.Equal("ApprovalPatch", patched.Text("status.conditions.0.type"));
        patched["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "Approved", ["status"] = "True", ["reason"] = "E2E", ["message"] = "Set from an e2e test" });
        var updated = await cluster.DoAsync("PUT", path + "/approval", patched.ToJsonString());
        Assert.Equal(["ApprovalPatch", "Approved"], updated.At("status.conditions")!.AsArray().Select(c => c.Text("type")));
        var signed = await cluster.MergeAsync(path + "/status", $$$"""{"status":{"certificate":"{{{Requests.AnyCertificate()}}}"}}""");
        Assert.NotNull(signed.Text("status.certificate"));
        await cluster.DeleteAsync(path);
    }

    [Theory]
    [InlineData("/apis/events.k8s.io/v1", "note", "regarding")]
    [InlineData("/api/v1", "message", "involvedObject")]
    [Trait("Conformance", "Events API should ensure that an event can be fetched, patched, deleted, and listed")]
    [Trait("Conformance", "Events should manage the lifecycle of an event")]
    [Trait("Conformance", "Events API should delete a collection of events")]
    [Trait("Conformance", "Events should delete a collection of events")]
    public async Task Events_are_made_patched_updated_and_deleted_in_both_forms(string api, string text, string about)
    {
        var ns = await cluster.NamespaceAsync();
        var list = $"{api}/namespaces/{ns}/events";
        string Event(string name) => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["testevent"] = ns } },
            ["eventTime"] = "2026-01-01T00:00:00.000000Z",
            ["reportingController"] = "test-controller",
            [api == "/api/v1" ? "reportingComponent" : "reportingController"] = "test-controller",
            ["reportingInstance"] = "test-node",
            ["action"] = "Do",
            ["reason"] = "Test",
            ["type"] = "Normal",
            [text] = "This is " + name,
            [about] = new JsonObject { ["kind"] = "Pod", ["name"] = "p", ["namespace"] = ns },
        }.ToJsonString();

        foreach (var name in (string[])["one", "two", "three"])
        {
            var body = JsonNode.Parse(Event(name))!.AsObject();
            if (api == "/api/v1")
            {
                body.Remove("reportingController");
            }

            await cluster.DoAsync("POST", list, body.ToJsonString());
        }

        Assert.Equal(["one", "three", "two"], (await cluster.GetAsync($"{api}/events?labelSelector=testevent%3D{ns}")).Names());
        Assert.Equal(["one"], (await cluster.GetAsync(list + "?fieldSelector=metadata.name%3Done")).Names());
        if (api == "/api/v1")
        {
            await cluster.DoAsync("PATCH", list + "/one", """{"message":"This is patched"}""", "application/strategic-merge-patch+json");
        }
        else
        {
            // Only the series of an event of the newer form goes on.
            await cluster.RefusedAsync(422, "PATCH", list + "/one", """{"note":"This is patched"}""", "application/strategic-merge-patch+json");
            await cluster.DoAsync("PATCH", list + "/one", """{"series":{"count":2,"lastObservedTime":"2026-01-01T00:00:05.000000Z"}}""", "application/strategic-merge-patch+json");
        }

        var now = await cluster.GetAsync(list + "/one");
        Assert.Equal(api == "/api/v1" ? "This is patched" : "This is one", now.Text(text));
        now["series"] = new JsonObject { ["count"] = 100, ["lastObservedTime"] = "2026-01-01T00:00:06.000000Z" };
        Assert.Equal(100, (await cluster.DoAsync("PUT", list + "/one", now.ToJsonString())).Number("series.count"));

        // What is written in one form is there in the other.
        var other = api == "/api/v1" ? "/apis/events.k8s.io/v1" : "/api/v1";
        Assert.Equal(now.Text(text), (await cluster.GetAsync($"{other}/namespaces/{ns}/events/one")).Text(api == "/api/v1" ? "note" : "message"));
        await cluster.DeleteAsync(list + "/one");
        Assert.Equal(["three", "two"], (await cluster.GetAsync(list + "?labelSelector=testevent")).Names());
        await cluster.DeleteAsync(list + "?labelSelector=testevent%3D" + ns);
        await cluster.ItemsAsync(list + "?labelSelector=testevent", 0);
    }
}
