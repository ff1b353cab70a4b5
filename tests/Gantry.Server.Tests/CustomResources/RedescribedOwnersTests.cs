using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Owners of fields after a definition has said that what had parts is one value, and the other way round.</summary>
[Collection(SharedServer.Name)]
public sealed class RedescribedOwnersTests(RunningServer server)
{
    [Theory]
    [InlineData("granular", "atomic", "{\"f:spec\":{\"f:a\":{\"f:x\":{}},\"f:l\":{\"k:{\\\"n\\\":\\\"one\\\"}\":{\".\":{},\"f:n\":{}}}}}", "{\"f:spec\":{\"f:a\":{},\"f:l\":{}}}")]
    [InlineData("atomic", "granular", "{\"f:spec\":{\"f:a\":{},\"f:l\":{}}}", "{\"f:spec\":{\"f:a\":{},\"f:l\":{}}}")]
    public async Task The_next_write_makes_owners_fit_the_definition(string before, string after, string owned, string now)
    {
        var group = server.Name("owners") + ".example.com";
        var definition = "things." + group;
        Assert.Equal(201, (await server.PostAsync(Definition.Path, Text(group, before))).Code);
        await Definition.EstablishedAsync(server, definition);
        var ns = await server.NamespaceAsync();
        var path = $"/apis/{group}/v1/namespaces/{ns}/things/t";
        var applied = await ApplyAsync(path, group, "first");
        Assert.Equal([("first", owned)], Owners(applied));

        var spec = ((TreeMap)TreeJson.Parse(Text(group, after))).Map("spec")!;
        Assert.Equal(200, (await server.MergeAsync($"{Definition.Path}/{definition}", $$$"""{"spec":{{{TreeJson.WriteText(spec)}}} }""")).Code);
        var touched = await server.MergeAsync(path + "?fieldManager=second", """{"metadata":{"labels":{"touched":"yes"} } }""");
        Assert.Equal([("first", now), ("second", """{"f:metadata":{"f:labels":{".":{},"f:touched":{}}}}""")], Owners(touched));

        // What became one value is in conflict as one value; what had no parts before has an owner for none of them.
        var other = await ApplyAsync(path, group, "third", "two");
        Assert.True(after == "atomic" ? other.Code == 409 : other.Code == 200, other.Text);
        if (after == "atomic")
        {
            Assert.Equal([".spec.a", ".spec.l"], other.Body.Map("details")!.List("causes")!.Cast<TreeMap>().Select(c => c.Text("field")!));
        }
    }

    private Task<Answer> ApplyAsync(string path, string group, string manager, string item = "one") => server.SendAsync(
        HttpMethod.Patch, $"{path}?fieldManager={manager}",
        $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"a":{"{{{(item == "one" ? "x" : "y")}}}":"1"},"l":[{"n":"{{{item}}}"}]} }""",
        "application/apply-patch+yaml");

    private static IEnumerable<(string Manager, string Fields)> Owners(Answer answer) =>
        answer.Metadata.List("managedFields")!.Cast<TreeMap>().Select(m => (m.Text("manager")!, m["fieldsV1"]!.ToString()));

    private static string Text(string group, string type)
    {
        var list = type == "atomic" ? "\"x-kubernetes-list-type\":\"atomic\"" : "\"x-kubernetes-list-type\":\"map\",\"x-kubernetes-list-map-keys\":[\"n\"]";
        return $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.{{{group}}}"},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"things","kind":"Thing","singular":"thing","listKind":"ThingList"},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{
               "a":{"type":"object","x-kubernetes-map-type":"{{{type}}}","additionalProperties":{"type":"string"} },
               "l":{"type":"array",{{{list}}},"items":{"type":"object","required":["n"],"properties":{"n":{"type":"string"} } } } } } } } } }] } }
            """;
    }
}
