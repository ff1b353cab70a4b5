namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Fields that nobody knows, and fields given twice: refused, told about or left out, as the request wants.</summary>
[Collection(SharedCluster.Name)]
public sealed class FieldValidationTests(SimulatedCluster cluster)
{
    private const string Schema = """{"type":"object","properties":{"spec":{"type":"object","properties":{"foo":{"type":"string"},"cronSpec":{"type":"string","pattern":"^(\\d+|\\*)(/\\d+)?$"},"ports":{"type":"array","x-kubernetes-list-map-keys":["containerPort"],"x-kubernetes-list-type":"map","items":{"type":"object","required":["containerPort"],"properties":{"containerPort":{"type":"integer"},"name":{"type":"string"}}}},"embedded":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""";
    private const string Open = """{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"embedded":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""";

    [Fact]
    [Trait("Conformance", "FieldValidation should detect unknown and duplicate fields of a typed object")]
    public async Task A_built_in_object_with_unknown_and_duplicate_fields()
    {
        var list = $"/apis/apps/v1/namespaces/{await cluster.NamespaceAsync()}/deployments";
        const string Body = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"nginx"}},"spec":{"unknown1":"val1","unknownDupe":"valDupe","unknownDupe":"valDupe2","paused":true,"paused":false,"selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"none"}]}}}}""";
        var refused = await cluster.RefusedAsync(400, "POST", list + "?fieldValidation=Strict", Body);
        Assert.Equal(
            "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: unknown field \"spec.unknown1\", unknown field \"spec.unknownDupe\", duplicate field \"spec.paused\"",
            refused.Text("message")!.Replace("duplicate field \"spec.unknownDupe\", ", "", StringComparison.Ordinal));
        Assert.Equal(404, (await cluster.SendAsync("GET", list + "/web")).Code);
        await cluster.DoAsync("POST", list + "?fieldValidation=Ignore", Body);
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should detect unknown metadata fields of a typed object")]
    public async Task Unknown_metadata_of_a_built_in_object()
    {
        var list = $"/apis/apps/v1/namespaces/{await cluster.NamespaceAsync()}/deployments";
        const string Body = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","unknownMeta":"unknownVal","labels":{"app":"nginx"}},"spec":{"selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},"spec":{"containers":[{"name":"nginx","image":"none"}]}}}}""";
        var refused = await cluster.RefusedAsync(400, "POST", list + "?fieldValidation=Strict", Body);
        Assert.Contains("unknown field \"metadata.unknownMeta\"", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should create/apply a valid CR for CRD with validation schema")]
    public async Task A_custom_object_that_keeps_to_its_schema()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Schema);
        var body = custom.Object("good", """ "spec":{"foo":"foo1","cronSpec":"*","ports":[{"name":"x","containerPort":80}]} """);
        await cluster.DoAsync("PATCH", $"{custom.List()}/good?fieldManager=field_validation_mgr&fieldValidation=Strict", body, "application/apply-patch+yaml");
        await cluster.DoAsync("POST", custom.List() + "?fieldValidation=Strict", body.Replace("\"good\"", "\"other\"", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should create/apply an invalid CR with extra properties for CRD with validation schema")]
    public async Task A_custom_object_with_more_than_its_schema_knows()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Schema);
        var body = custom.Object("more", """ "spec":{"foo":"foo1","extraProperty":"arbitrary-value","ports":[{"name":"x","containerPort":80,"protocol":"TCP"}]} """);
        var applied = await cluster.RefusedAsync(500, "PATCH", $"{custom.List()}/more?fieldManager=m&fieldValidation=Strict", body, "application/apply-patch+yaml");
        Assert.Contains("field not declared in schema", applied.Text("message"), StringComparison.Ordinal);
        var made = await cluster.RefusedAsync(400, "POST", custom.List() + "?fieldValidation=Strict", body);
        Assert.Contains("unknown field \"spec.extraProperty\"", made.Text("message"), StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.ports[0].protocol\"", made.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should create/apply a CR with unknown fields for CRD with no validation schema")]
    public async Task A_custom_object_of_a_schema_that_takes_everything()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""");
        var applied = await cluster.DoAsync("PATCH", $"{custom.List()}/any?fieldManager=m&fieldValidation=Strict", custom.Object("any", """ "whatever":{"a":[1,2]} """), "application/apply-patch+yaml");
        Assert.Equal(2, applied.Number("whatever.a.1"));
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should detect unknown metadata fields in both the root and embedded object of a CR")]
    public async Task Unknown_metadata_of_a_custom_object_and_of_one_inside_it()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Schema);
        var root = custom.Object("root", """ "spec":{"foo":"a"} """).Replace("\"name\":\"root\"", "\"name\":\"root\",\"unknownMeta\":\"x\"", StringComparison.Ordinal);
        Assert.Contains("unknown field \"metadata.unknownMeta\"", (await cluster.RefusedAsync(400, "POST", custom.List() + "?fieldValidation=Strict", root)).Text("message"), StringComparison.Ordinal);
        var inside = custom.Object("inside", """ "spec":{"embedded":{"apiVersion":"v1","kind":"Thing","metadata":{"name":"e","unknownMeta":"x"}}} """);
        Assert.Contains("unknown field \"spec.embedded.metadata.unknownMeta\"", (await cluster.RefusedAsync(400, "POST", custom.List() + "?fieldValidation=Strict", inside)).Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "FieldValidation should detect duplicates in a CR when preserving unknown fields")]
    public async Task Fields_given_twice_where_unknown_ones_are_kept()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Open);
        var body = custom.Object("twice", """ "spec":{"unknown":"a","unknown":"b","foo":"c","foo":"d"} """);
        var refused = await cluster.RefusedAsync(400, "POST", custom.List() + "?fieldValidation=Strict", body);
        Assert.Contains("duplicate field \"spec.unknown\"", refused.Text("message"), StringComparison.Ordinal);
        Assert.Contains("duplicate field \"spec.foo\"", refused.Text("message"), StringComparison.Ordinal);
        Assert.DoesNotContain("unknown field", refused.Text("message"), StringComparison.Ordinal);
    }
}
