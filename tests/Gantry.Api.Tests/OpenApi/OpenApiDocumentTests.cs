using System.Text.Json.Nodes;
using Gantry.Api.OpenApi;
using Gantry.Api.Schemas;
using Gantry.Testing;

namespace Gantry.Api.Tests.OpenApi;

public class OpenApiDocumentTests
{
    private static readonly OpenApiDocuments Documents = new([.. ApiCatalog.Resources.Select(r => new OpenApiResource(r))], "1.32");

    /// <summary>Everything but the descriptions is as a real server has it: what clients compute with.</summary>
    [ReferenceFact]
    public void The_definitions_are_those_of_the_reference()
    {
        var recorded = Recorded();
        var mine = JsonNode.Parse(Documents.V2.Content.Span)!;
        var differences = new List<string>();
        Compare(Plain(recorded["definitions"]!)!, Plain(mine["definitions"]!)!, "", differences);
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(60))}");
    }

    [ReferenceFact]
    public void The_operations_are_those_of_the_reference()
    {
        var recorded = Recorded();
        var differences = new List<string>();
        Compare(recorded["info"]!, JsonNode.Parse(Documents.V2.Content.Span)!["info"], "info", differences);
        Compare(Operations(recorded), Operations(JsonNode.Parse(Documents.V2.Content.Span)!), "", differences);
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(60))}");
    }

    [ReferenceFact]
    public void The_defaults_and_accepted_values_are_those_of_the_reference()
    {
        var recorded = Recorded("openapi-defaults.json");
        var (defaults, enums) = (new JsonObject(), new JsonObject());
        foreach (var path in JsonNode.Parse(Documents.V3Index.Content.Span)!["paths"]!.AsObject().Select(p => p.Key))
        {
            foreach (var (name, definition) in JsonNode.Parse(Documents.V3(path)!.Content.Span)!["components"]!["schemas"]!.AsObject())
            {
                foreach (var (field, property) in definition!["properties"]?.AsObject() ?? [])
                {
                    // Empty texts and objects say nothing; the record leaves them out.
                    if (property!["default"] is { } standard && standard.ToJsonString() is not ("{}" or "\"\""))
                    {
                        (defaults[name] ??= new JsonObject())[field] = standard.DeepClone();
                    }
                    if (property["enum"] is { } accepted)
                    {
                        (enums[name] ??= new JsonObject())[field] = accepted.DeepClone();
                    }
                }
            }
        }
        var differences = new List<string>();
        Compare(recorded["defaults"]!, defaults, "default", differences);
        Compare(recorded["enums"]!, enums, "enum", differences);
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(80))}");
    }

    [Fact]
    public void The_index_names_a_document_for_each_group_and_version()
    {
        var paths = JsonNode.Parse(Documents.V3Index.Content.Span)!["paths"]!.AsObject();
        Assert.Equal($"/openapi/v3/apis/apps/v1?hash={Documents.HashOf("apis/apps/v1")}", paths["apis/apps/v1"]!["serverRelativeURL"]!.GetValue<string>());
        Assert.All(paths, p => Assert.NotNull(Documents.V3(p.Key)));
        Assert.Null(Documents.V3("apis/nothing/v1"));
        Assert.NotEqual(Documents.HashOf("apis/apps/v1"), Documents.HashOf("api/v1"));
    }

    [Fact]
    public void A_v3_document_defines_all_that_it_refers_to_and_names_parameters_in_place()
    {
        foreach (var path in JsonNode.Parse(Documents.V3Index.Content.Span)!["paths"]!.AsObject().Select(p => p.Key))
        {
            var document = JsonNode.Parse(Documents.V3(path)!.Content.Span)!;
            var defined = document["components"]!["schemas"]!.AsObject().Select(s => "#/components/schemas/" + s.Key).ToHashSet(StringComparer.Ordinal);
            Assert.All(References(document), r => Assert.Contains(r, defined));
        }
        var apps = JsonNode.Parse(Documents.V3("apis/apps/v1")!.Content.Span)!;
        var patch = apps["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;
        Assert.Contains(patch["parameters"]!.AsArray(), p => p!["name"]!.GetValue<string>() == "fieldValidation" && p["in"]!.GetValue<string>() == "query");
        Assert.Equal("Deployment", patch["x-kubernetes-group-version-kind"]!["kind"]!.GetValue<string>());
        var spec = apps["components"]!["schemas"]!["io.k8s.api.apps.v1.DeploymentSpec"]!["properties"]!;
        Assert.Equal("integer", spec["replicas"]!["type"]!.GetValue<string>());
        Assert.Equal("#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec", spec["template"]!["allOf"]![0]!["$ref"]!.GetValue<string>());
    }

    [Fact]
    public void Every_definition_and_every_member_is_described()
    {
        var silent = new List<string>();
        foreach (var (name, definition) in JsonNode.Parse(Documents.V2.Content.Span)!["definitions"]!.AsObject())
        {
            if (string.IsNullOrEmpty(definition!["description"]?.GetValue<string>()))
            {
                silent.Add(name);
            }
            silent.AddRange((definition["properties"]?.AsObject() ?? []).Where(p => string.IsNullOrEmpty(p.Value!["description"]?.GetValue<string>())).Select(p => $"{name}.{p.Key}"));
        }
        Assert.True(silent.TrueForAll(s => s.StartsWith("io.k8s.apimachinery.pkg.version.Info.", StringComparison.Ordinal)), string.Join('\n', silent));
    }

    [Fact]
    public void The_v2_document_has_a_protobuf_form_with_the_same_names()
    {
        var bytes = Documents.V2Protobuf.Content.Span;
        Assert.Equal([0x0a, 3, .. "2.0"u8], bytes[..5].ToArray());
        Assert.True(bytes.IndexOf("io.k8s.api.core.v1.PodSpec"u8) > 0);
        Assert.True(bytes.IndexOf("x-kubernetes-patch-merge-key"u8) > 0);
        Assert.True(bytes.IndexOf("/apis/apps/v1/namespaces/{namespace}/deployments/{name}"u8) > 0);
    }

    [Fact]
    public void Custom_resources_bring_their_own_schema()
    {
        var type = new ResourceType("stable.example.com", "v1", "CronTab", "crontabs", true, () => throw new InvalidOperationException())
        {
            Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
        };
        var schema = (Gantry.Api.Trees.TreeMap)Gantry.Api.Trees.TreeJson.Parse(
            """{"type":"object","properties":{"spec":{"type":"object","properties":{"n":{"type":"integer","default":1},"any":{"type":"string","nullable":true}}}}}""");
        var documents = new OpenApiDocuments([new(type, () => schema)], "1.32");
        var v3 = JsonNode.Parse(documents.V3("apis/stable.example.com/v1")!.Content.Span)!["components"]!["schemas"]!;
        Assert.Equal(1, v3["com.example.stable.v1.CronTab"]!["properties"]!["spec"]!["properties"]!["n"]!["default"]!.GetValue<int>());
        Assert.NotNull(v3["com.example.stable.v1.CronTabList"]);
        var v2 = JsonNode.Parse(documents.V2.Content.Span)!["definitions"]!["com.example.stable.v1.CronTab"]!["properties"]!["spec"]!["properties"]!;
        Assert.Equal("""{"n":{"type":"integer"},"any":{}}""", v2.ToJsonString());
    }

    [Fact]
    public void Custom_resources_are_described_without_discovery_and_watches()
    {
        var type = new ResourceType("stable.example.com", "v1", "CronTab", "crontabs", true, () => throw new InvalidOperationException())
        {
            Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            Subresources = [new("status", "CronTab", null, null, ["get", "patch", "update"]), new("scale", "Scale", "autoscaling", "v1", ["get", "patch", "update"])],
        };
        var documents = new OpenApiDocuments([new(type, () => new Gantry.Api.Trees.TreeMap())], "1.32");
        Assert.Null(documents.V3("apis/stable.example.com"));
        var v3 = JsonNode.Parse(documents.V3("apis/stable.example.com/v1")!.Content.Span)!;
        Assert.Equal("""{"title":"Kubernetes CRD Swagger","version":"v0.1.0"}""", v3["info"]!.ToJsonString());
        Assert.Null(v3["components"]!["securitySchemes"]);
        const string Root = "/apis/stable.example.com/v1";
        const string Item = Root + "/namespaces/{namespace}/crontabs/{name}";
        Assert.Equal(
            [Root + "/crontabs", Root + "/namespaces/{namespace}/crontabs", Item, Item + "/scale", Item + "/status"],
            v3["paths"]!.AsObject().Select(p => p.Key));
        var operations = Operations(v3);
        Assert.Equal("listStableExampleComV1CronTabForAllNamespaces", (string?)operations[$"get {Root}/crontabs"]!["operationId"]);
        Assert.Equal("deleteStableExampleComV1CollectionNamespacedCronTab", (string?)operations[$"delete {Root}/namespaces/{{namespace}}/crontabs"]!["operationId"]);
        var scale = operations[$"put {Item}/scale"]!;
        Assert.Equal("replaceStableExampleComV1NamespacedCronTabScale", (string?)scale["operationId"]);
        Assert.Equal("stable.example.com/v1 CronTab", (string?)scale["x-kubernetes-group-version-kind"]);
        Assert.Equal(["application/json", "application/yaml"], scale["responses"]!["201"]!["content"]!.AsObject().Select(c => c.Key));
        Assert.Contains("resourceVersion in query:  ", operations[$"get {Item}"]!["parameters"]!.AsArray().Select(p => (string)p!));
        Assert.Equal(["200", "401"], operations[$"patch {Item}/status"]!["responses"]!.AsObject().Select(r => r.Key));
        var v2 = JsonNode.Parse(documents.V2.Content.Span)!;
        Assert.Equal("""{"title":"Kubernetes","version":"1.32"}""", v2["info"]!.ToJsonString());
        Assert.DoesNotContain(v2["paths"]!.AsObject(), p => p.Key.Contains("/watch/", StringComparison.Ordinal) || p.Key == "/apis/stable.example.com/");
    }

    private static JsonNode Recorded(string file = "openapi-v2.json") => JsonNode.Parse(File.ReadAllText(Path.Combine(Reference.Folder!, file)))!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m.Key == "$ref" && m.Value is JsonValue value ? [value.GetValue<string>()] : References(m.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    // Without descriptions, whose words are each server's own.
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(m => !(m.Key == "description" && m.Value is JsonValue)).Select(m => KeyValuePair.Create(m.Key, m is { Key: "required", Value: JsonArray } ? Sorted(m.Value) : Plain(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode Sorted(JsonNode names) => names is JsonArray list ? new JsonArray([.. list.OrderBy(n => n!.GetValue<string>(), StringComparer.Ordinal).Select(n => n!.DeepClone())]) : names.DeepClone();

    // Method and path to what an operation is, with its parameters wherever they are written.
    private static JsonObject Operations(JsonNode document)
    {
        var all = new JsonObject();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            var shared = Parameters(document, item!["parameters"]);
            foreach (var (method, operation) in item.AsObject().Where(o => o.Key != "parameters"))
            {
                var plain = Plain(operation)!.AsObject();
                plain["parameters"] = new JsonArray([.. Parameters(document, operation!["parameters"]).Concat(shared).Order(StringComparer.Ordinal).Select(p => (JsonNode)p)]);
                if (plain["x-kubernetes-group-version-kind"] is JsonObject kind)
                {
                    plain["x-kubernetes-group-version-kind"] = $"{kind["group"]}/{kind["version"]} {kind["kind"]}";
                }
                all[$"{method} {path}"] = plain;
            }
        }
        return all;
    }

    private static IEnumerable<string> Parameters(JsonNode document, JsonNode? parameters)
    {
        foreach (var given in parameters?.AsArray() ?? [])
        {
            var parameter = given!["$ref"] is { } reference ? document["parameters"]![reference.GetValue<string>()["#/parameters/".Length..]]! : given;
            yield return $"{parameter["name"]} in {parameter["in"]}: {parameter["type"]}{parameter["schema"]?["$ref"]} {parameter["required"]}";
        }
    }

    private static void Compare(JsonNode wanted, JsonNode? got, string path, List<string> differences)
    {
        if (wanted is JsonObject map && got is JsonObject other)
        {
            foreach (var key in map.Select(m => m.Key).Union(other.Select(m => m.Key)))
            {
                if (map[key] is not { } inside)
                {
                    differences.Add($"{path}/{key}: not wanted: {other[key]?.ToJsonString()}");
                }
                else if (other[key] is null)
                {
                    differences.Add($"{path}/{key}: missing: {inside.ToJsonString()}");
                }
                else
                {
                    Compare(inside, other[key], $"{path}/{key}", differences);
                }
            }
        }
        else if (!JsonNode.DeepEquals(wanted, got))
        {
            differences.Add($"{path}: want {wanted.ToJsonString()}, got {got?.ToJsonString()}");
        }
    }
}
