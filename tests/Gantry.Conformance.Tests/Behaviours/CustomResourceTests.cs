using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Custom resource definitions and their objects.</summary>
[Collection(SharedCluster.Name)]
public sealed class CustomResourceTests(SimulatedCluster cluster)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Any = """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""";

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition creating/deleting custom resource definition objects works ")]
    public async Task A_definition_is_made_and_deleted_with_its_objects()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Any);
        await cluster.DoAsync("POST", custom.List(), custom.Object("one"));
        await cluster.DeleteAsync(custom.Definition);
        await cluster.GoneAsync(custom.Definition);
        Assert.Equal(404, (await cluster.SendAsync("GET", custom.List())).Code);
    }

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition listing custom resource definition objects works ")]
    public async Task Definitions_are_listed_and_deleted_together()
    {
        var label = cluster.Name("definitions");
        var made = new List<CustomDefinition>();
        for (var i = 0; i < 5; i++)
        {
            made.Add(await CustomDefinition.CreateAsync(cluster, Any));
            await cluster.MergeAsync(made[^1].Definition, $$$"""{"metadata":{"labels":{"made":"{{{label}}}"}} }""");
        }

        Assert.Equal(made.Select(m => m.Name).Order(StringComparer.Ordinal), (await cluster.GetAsync($"{Definitions}?labelSelector=made%3D{label}")).Names());
        await cluster.DeleteAsync($"{Definitions}?labelSelector=made%3D{label}");
        await cluster.ItemsAsync($"{Definitions}?labelSelector=made%3D{label}", 0);
    }

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works ")]
    public async Task The_status_of_a_definition_is_read_updated_and_patched()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Any);
        var now = await cluster.GetAsync(custom.Definition + "/status");
        Assert.Equal("True", CustomDefinition.Condition(now, "Established"));
        now["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "StatusUpdate", ["status"] = "True", ["reason"] = "E2E", ["message"] = "Set from an e2e test" });
        Assert.Equal("True", CustomDefinition.Condition(await cluster.DoAsync("PUT", custom.Definition + "/status", now.ToJsonString()), "StatusUpdate"));
        var patched = await cluster.MergeAsync(custom.Definition + "/status", """{"metadata":{"annotations":{"patched":"yes"}}}""");
        Assert.Equal("True", CustomDefinition.Condition(patched, "StatusUpdate"));
    }

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition resources [Privileged:ClusterAdmin] should include custom resource definition resources in discovery documents")]
    public async Task Definitions_are_in_discovery()
    {
        Assert.Contains((await cluster.GetAsync("/apis"))["groups"]!.AsArray(), g => g.Text("name") == "apiextensions.k8s.io");
        Assert.Contains((await cluster.GetAsync("/apis/apiextensions.k8s.io"))["versions"]!.AsArray(), v => v.Text("groupVersion") == "apiextensions.k8s.io/v1");
        Assert.Contains((await cluster.GetAsync("/apis/apiextensions.k8s.io/v1"))["resources"]!.AsArray(), r => r.Text("name") == "customresourcedefinitions");
    }

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition resources [Privileged:ClusterAdmin] custom resource defaulting for requests and from storage works ")]
    public async Task Defaults_are_filled_in_as_objects_are_written_and_read()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object","properties":{"a":{"type":"string","default":"A"},"b":{"type":"string"}}}""");
        var made = await cluster.DoAsync("POST", custom.List(), custom.Object("one", """ "b":"B" """));
        Assert.Equal("A", made.Text("a"));
        var path = "/spec/versions/0/schema/openAPIV3Schema/properties";
        await cluster.DoAsync("PATCH", custom.Definition,
            $$$"""[{"op":"remove","path":"{{{path}}}/a/default"},{"op":"add","path":"{{{path}}}/c","value":{"type":"string","default":"C"}}]""", "application/json-patch+json");
        var read = await cluster.UntilAsync(custom.List() + "/one", o => o.Text("c") == "C");
        Assert.Equal(("A", "B"), (read.Text("a"), read.Text("b")));
        var next = await cluster.DoAsync("POST", custom.List(), custom.Object("two"));
        Assert.Equal((null, "C"), (next.Text("a"), next.Text("c")));
    }

    [Fact]
    [Trait("Conformance", "CustomResourceDefinition Watch [Privileged:ClusterAdmin] CustomResourceDefinition Watch watch on custom resource definition objects")]
    public async Task Objects_of_a_definition_are_watched()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Any);
        using var watch = await cluster.WatchAsync(custom.List() + "?watch=true");
        await cluster.DoAsync("POST", custom.List(), custom.Object("one"));
        await cluster.MergeAsync(custom.List() + "/one", """{"field":"1"}""");
        await cluster.DeleteAsync(custom.List() + "/one");
        foreach (var type in (string[])["ADDED", "MODIFIED", "DELETED"])
        {
            var (got, item) = await watch.NextAsync();
            Assert.Equal((type, "one"), (got, item.Name()));
        }
    }

    [Fact]
    [Trait("Conformance", "CustomResourceFieldSelectors [Privileged:ClusterAdmin] CustomResourceFieldSelectors MUST list and watch custom resources matching the field selector")]
    public async Task Objects_are_selected_by_the_fields_that_their_version_declares()
    {
        const string Schema = """{"type":"object","properties":{"hostPort":{"type":"string"},"color":{"type":"string"}}}""";
        var custom = await CustomDefinition.CreateVersionsAsync(cluster,
            $$$"""[{"name":"v1","served":true,"storage":true,"selectableFields":[{"jsonPath":".hostPort"}],"schema":{"openAPIV3Schema":{{{Schema}}}}},{"name":"v2","served":true,"storage":false,"selectableFields":[{"jsonPath":".color"}],"schema":{"openAPIV3Schema":{{{Schema.Replace("\"hostPort\"", "\"hostPort\":{\"type\":\"string\"},\"size\"", StringComparison.Ordinal)}}}}}]""");
        var selected = custom.List() + "?fieldSelector=hostPort%3Dhost1:80";
        using var watch = await cluster.WatchAsync(selected + "&watch=true");
        foreach (var (name, host, color) in (IEnumerable<(string, string, string)>)[("one", "host1:80", "blue"), ("two", "host1:8080", "green"), ("three", "host1:80", "blue")])
        {
            await cluster.DoAsync("POST", custom.List(), custom.Object(name, $$""" "hostPort":"{{host}}","color":"{{color}}" """));
        }

        Assert.Equal(["one", "three"], (await cluster.GetAsync(selected)).Names());
        Assert.Equal(["two"], (await cluster.GetAsync(custom.List("v2") + "?fieldSelector=color%3Dgreen")).Names());
        Assert.Equal("one", (await watch.NextAsync("ADDED")).Name());
        Assert.Equal("three", (await watch.NextAsync("ADDED")).Name());
        await cluster.RefusedAsync(400, "GET", custom.List() + "?fieldSelector=color%3Dblue");
        await cluster.DeleteAsync(selected);
        Assert.Equal(["two"], (await cluster.GetAsync(custom.List())).Names());
    }

    [Fact]
    [Trait("Conformance", "CustomResourceConversionWebhook [Privileged:ClusterAdmin] should be able to convert from CR v1 to CR v2")]
    [Trait("Conformance", "CustomResourceConversionWebhook [Privileged:ClusterAdmin] should be able to convert a non homogeneous list of CRs")]
    public async Task Objects_of_both_versions_are_read_in_either()
    {
        await using var hook = await HookServer.StartAsync(Convert);
        static string Versions(string stored) => "[" + string.Join(",", ((string[])["v1", "v2"]).Select(v =>
            $$$"""{"name":"{{{v}}}","served":true,"storage":{{{(v == stored ? "true" : "false")}}},"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}} }""")) + "]";
        var custom = await CustomDefinition.CreateVersionsAsync(cluster, Versions("v1"),
            $$$"""
            ,"conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"url":"{{{hook.Url}}}","caBundle":"{{{hook.CaBundle}}}"},"conversionReviewVersions":["v1"]}}
            """);
        await cluster.DoAsync("POST", custom.List(), custom.Object("old", """ "hostPort":"localhost:8080" """));
        var read = await cluster.GetAsync(custom.List("v2") + "/old");
        Assert.Equal(("localhost", "8080", null), (read.Text("host"), read.Text("port"), read.Text("hostPort")));

        await cluster.MergeAsync(custom.Definition, $$$"""{"spec":{"versions":{{{Versions("v2")}}}}}""");
        await cluster.DoAsync("POST", custom.List("v2"), custom.Object("new", """ "host":"localhost","port":"9090" """, "v2"));
        await cluster.UntilAsync(custom.Definition, d => d.At("status.storedVersions")!.AsArray().Count == 2);
        var both = await cluster.GetAsync(custom.List("v2"));
        Assert.Equal(["new:localhost 9090", "old:localhost 8080"], both["items"]!.AsArray().Select(i => $"{i.Name()}:{i.Text("host")} {i.Text("port")}"));
        var first = await cluster.GetAsync(custom.List());
        Assert.Equal(["new:localhost:9090", "old:localhost:8080"], first["items"]!.AsArray().Select(i => $"{i.Name()}:{i.Text("hostPort")}"));
    }

    // The usual example of a conversion: hostPort of the first version is host and port of the second.
    private static JsonObject Convert(JsonObject review)
    {
        var request = review["request"]!;
        var wanted = request.Text("desiredAPIVersion")!;
        var converted = new JsonArray();
        foreach (var item in request["objects"]!.AsArray())
        {
            var made = item!.DeepClone().AsObject();
            if (made.Text("apiVersion") != wanted)
            {
                made["apiVersion"] = wanted;
                if (wanted.EndsWith("/v2", StringComparison.Ordinal) && made.Text("hostPort") is { } both)
                {
                    made.Remove("hostPort");
                    (made["host"], made["port"]) = (both.Split(':')[0], both.Split(':')[1]);
                }
                else if (made.Text("host") is { } host)
                {
                    made["hostPort"] = $"{host}:{made.Text("port")}";
                    made.Remove("host");
                    made.Remove("port");
                }
            }

            converted.Add(made);
        }

        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "ConversionReview",
            ["response"] = new JsonObject { ["uid"] = request.Text("uid"), ["convertedObjects"] = converted, ["result"] = new JsonObject { ["status"] = "Success" } },
        };
    }
}
