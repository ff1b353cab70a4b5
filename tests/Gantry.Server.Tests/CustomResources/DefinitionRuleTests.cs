using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

[Collection(SharedServer.Name)]
public sealed class DefinitionRuleTests(RunningServer server)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Schema = "spec.validation.openAPIV3Schema";

    [Theory]
    [InlineData("""{"properties":{"spec":{"type":"objekt"}}}""", Schema + ".type: Required value: must not be empty at the root", Schema + ".properties[spec].type: Unsupported value: \"objekt\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", Schema + ".type: Invalid value: \"array\": must be object at the root")]
    [InlineData("""{"type":"object","properties":{"spec":{}}}""", Schema + ".properties[spec].type: Required value: must not be empty for specified object fields")]
    [InlineData("""{"type":"object","properties":{"spec":{"type":"array"}}}""", Schema + ".properties[spec].items: Required value: must be specified")]
    [InlineData("""{"type":"object","properties":{"spec":{"type":"array","items":{}}}}""", Schema + ".properties[spec].items.type: Required value: must not be empty for specified array items")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""", Schema + ".additionalProperties: Forbidden: must not be used at the root")]
    [InlineData("""{"type":"object","nullable":true}""", Schema + ".nullable: Forbidden: nullable cannot be true at the root")]
    [InlineData("""{"type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}}""", Schema + ".properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    [InlineData("""{"type":"object","properties":{"kind":{"type":"integer"}}}""", Schema + ".properties[kind].type: Invalid value: \"integer\": must be string")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","uniqueItems":true}}}""", Schema + ".properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"["}}}""", Schema + ".properties[a].pattern: Invalid value: \"[\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ]: `[`")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"string"}},"additionalProperties":{"type":"string"}}}}""", Schema + ".properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/x"}}}""", Schema + ".properties[a].$ref: Forbidden: $ref is not supported")]
    [InlineData("""{"type":"object","$schema":"x"}""", Schema + ": Invalid value: \"\": OpenAPIV3Schema 'schema' is not supported")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":[{"type":"string"}]}}}""", Schema + ".properties[a].items: Forbidden: items must be a schema object and not an array")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":false}}}""", Schema + ".properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined")]
    [InlineData("""{"type":"object","properties":{"a":{"x-kubernetes-int-or-string":true,"x-kubernetes-preserve-unknown-fields":true}}}""", Schema + ".properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true")]
    [InlineData("""{"type":"object","properties":{"a":{"x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}""", Schema + ".properties[a].type: Required value: must be object if x-kubernetes-embedded-resource is true")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-embedded-resource":true}}}""", Schema + ".properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","x-kubernetes-map-type":"atomic"}}}""", Schema + ".properties[a].type: Invalid value: \"string\": must be object if x-kubernetes-map-type is specified")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-map-type":"odd"}}}""", Schema + ".properties[a].x-kubernetes-map-type: Unsupported value: \"odd\": supported values: \"atomic\", \"granular\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"odd"}}}""", Schema + ".properties[a].x-kubernetes-list-type: Unsupported value: \"odd\": supported values: \"atomic\", \"set\", \"map\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"},"x-kubernetes-list-type":"set"}}}""", Schema + ".properties[a].items.x-kubernetes-map-type: Invalid value: \"null\": must be atomic as item of a list with x-kubernetes-list-type=set")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"},"x-kubernetes-list-map-keys":["b"]}}}""", Schema + ".properties[a].x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"map"}}}""", Schema + ".properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map", Schema + ".properties[a].items.type: Invalid value: \"string\": must be object if parent array's x-kubernetes-list-type is map")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string","nullable":true}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["b"]}}}""", Schema + ".properties[a].items.properties[b].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property", Schema + ".properties[a].items.properties[b].nullable: Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string"}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["c"]}}}""", Schema + ".properties[a].x-kubernetes-list-map-keys: Invalid value: []string{\"c\"}: entries must all be names of item properties")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","anyOf":[{"type":"string","description":"x"}]}}}""", Schema + ".properties[a].anyOf[0].description: Forbidden: must be empty to be structural", Schema + ".properties[a].anyOf[0].type: Forbidden: must be empty to be structural")]
    [InlineData("""{"type":"object","anyOf":[{"properties":{"a":{"minLength":1}}}]}""", Schema + ".properties[a]: Required value: because it is defined in " + Schema + ".anyOf[0].properties[a]")]
    [InlineData("""{"type":"object","properties":{"metadata":{"type":"object"}},"allOf":[{"properties":{"metadata":{}}}]}""", Schema + ".allOf[0].properties[metadata]: Forbidden: must not be specified in a nested context")]
    [InlineData("""{"type":"object","properties":{"a":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}""", Schema + ".properties[a].default: Invalid value: \"string\":  in body must be of type integer: \"string\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","default":{"b":1},"properties":{"c":{"type":"string"}}}}}""", Schema + ".properties[a].default: Invalid value: map[string]interface {}{\"b\":1}: must not have unknown fields")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","default":{"q":{}},"properties":{"q":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""", Schema + ".properties[a].default.q.apiVersion: Required value", Schema + ".properties[a].default.q.kind: Required value")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","default":{"q":{"kind":1}},"properties":{"q":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""", Schema + ".properties[a].default.q.kind: Invalid value: 1: must be a string")]
    [InlineData("""{"type":"object","properties":{"metadata":{"type":"object","default":{}}}}""", Schema + ".properties[metadata].default: Forbidden: must not be set in top-level metadata")]
    public async Task A_schema_is_structural(string schema, params string[] problems) => Assert.Equal(problems, await ProblemsAsync($$$""","schema":{"openAPIV3Schema":{{{schema}}} }"""));

    [Theory]
    [InlineData("", "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required")]
    [InlineData(",\"deprecationWarning\":\"x\",\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}", "spec.versions[0].deprecationWarning: Invalid value: \"x\": can only be set for deprecated versions")]
    [InlineData(",\"additionalPrinterColumns\":[{\"name\":\"\",\"type\":\"odd\",\"format\":\"x\",\"jsonPath\":\"a\"}],\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}", "spec.additionalPrinterColumns[0].name: Required value", "spec.additionalPrinterColumns[0].type: Invalid value: \"odd\": must be one of boolean,date,integer,number,string", "spec.additionalPrinterColumns[0].format: Invalid value: \"x\": must be one of byte,date,date-time,double,float,int32,int64,password", "spec.additionalPrinterColumns[0].JSONPath: Invalid value: \"a\": must be a simple json path starting with .")]
    [InlineData(",\"subresources\":{\"scale\":{\"specReplicasPath\":\".status.a\",\"statusReplicasPath\":\"\",\"labelSelectorPath\":\".metadata.x\"}},\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}", "spec.subresources.scale.specReplicasPath: Invalid value: \".status.a\": should be a json path under .spec", "spec.subresources.scale.statusReplicasPath: Required value", "spec.subresources.scale.labelSelectorPath: Invalid value: \".metadata.x\": should be a json path under either .spec or .status")]
    [InlineData(",\"selectableFields\":[{\"jsonPath\":\".spec.x\"}]", "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required", "spec.selectableFields: Invalid value: \"\": selectableFields may only be set when validations.schema is included")]
    public async Task A_version_says_what_it_may(string version, params string[] problems) => Assert.Equal(problems, await ProblemsAsync(version));

    [Fact]
    public async Task With_a_status_subresource_the_root_holds_little()
    {
        var problem = Assert.Single(await ProblemsAsync(",\"subresources\":{\"status\":{}},\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"oneOf\":[{\"required\":[\"spec\"]}]}}"));

        Assert.StartsWith(Schema + ": Invalid value: ", problem);
        const string Empty = "Description:\"\", Type:\"\", Nullable:false, Format:\"\", Title:\"\", Default:(*apiextensions.JSON)(nil), Maximum:(*float64)(nil), ExclusiveMaximum:false, "
            + "Minimum:(*float64)(nil), ExclusiveMinimum:false, MaxLength:(*int64)(nil), MinLength:(*int64)(nil), Pattern:\"\", MaxItems:(*int64)(nil), MinItems:(*int64)(nil), "
            + "UniqueItems:false, MultipleOf:(*float64)(nil), Enum:[]apiextensions.JSON(nil), MaxProperties:(*int64)(nil), MinProperties:(*int64)(nil), Required:[]string{\"spec\"}, "
            + "Items:(*apiextensions.JSONSchemaPropsOrArray)(nil), AllOf:[]apiextensions.JSONSchemaProps(nil)";
        Assert.StartsWith("spec.validation.openAPIV3Schema: Invalid value: apiextensions.JSONSchemaProps{ID:\"\", Schema:\"\", Ref:(*string)(nil), Description:\"\", Type:\"object\", ", problem);
        Assert.Contains("OneOf:[]apiextensions.JSONSchemaProps{apiextensions.JSONSchemaProps{ID:\"\", Schema:\"\", Ref:(*string)(nil), " + Empty, problem);
        Assert.Contains(", XListMapKeys:[]string(nil), XListType:(*string)(nil), XMapType:(*string)(nil), XValidations:apiextensions.ValidationRules(nil)}: only [", problem);
        Assert.EndsWith(": only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled", problem);
    }

    [Theory]
    [InlineData("""{"strategy":"Webhook"}""", "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook", "spec.conversion.conversionReviewVersions: Required value")]
    [InlineData("""{"strategy":"None","webhook":{"clientConfig":{"url":"https://x"},"conversionReviewVersions":["v1"]}}""", "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook", "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook")]
    [InlineData("{}", "spec.conversion.strategy: Required value")]
    [InlineData("""{"strategy":"Odd"}""", "spec.conversion.strategy: Unsupported value: \"Odd\": supported values: \"None\", \"Webhook\"")]
    [InlineData("""{"strategy":"Webhook","webhook":{"clientConfig":{"url":"http://x?a"},"conversionReviewVersions":["v2","v2"]}}""", "spec.conversion.webhookClientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]", "spec.conversion.webhookClientConfig.url: Invalid value: \"a\": query parameters are not permitted in the URL", "spec.conversion.conversionReviewVersions[1]: Invalid value: \"v2\": duplicate version", "spec.conversion.conversionReviewVersions: Invalid value: []string{\"v2\", \"v2\"}: must include at least one of v1, v1beta1")]
    [InlineData("""{"strategy":"Webhook","webhook":{"clientConfig":{"service":{"name":"","namespace":"n","path":"a//b","port":0}},"conversionReviewVersions":["v1"]}}""", "spec.conversion.webhookClientConfig.service.namespace: Required value: service namespace is required", "spec.conversion.webhookClientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive", "spec.conversion.webhookClientConfig.service.path: Invalid value: \"a//b\": must start with a '/'")]
    public async Task A_conversion_is_complete(string conversion, params string[] problems)
    {
        var found = await ProblemsAsync(",\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}", ",\"conversion\":" + conversion);

        Assert.Equal(problems, found.Take(problems.Length));
    }

    [Fact]
    public async Task What_two_versions_share_is_told_of_once_and_the_rest_of_each()
    {
        var name = server.Name("g") + ".example.com";
        var answer = await server.PostAsync(Definitions, $$$"""
            {"metadata":{"name":"tabs.{{{name}}}"},"spec":{"group":"{{{name}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},"versions":[
             {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"string"} },"additionalPrinterColumns":[{"name":"a","type":"x","jsonPath":".a"}]},
             {"name":"V2","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"string"} } },
             {"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"string"} } }]} }
            """);

        var problems = Problems(answer);
        Assert.Contains("spec.validation.openAPIV3Schema.type: Invalid value: \"string\": must be object at the root", problems);
        Assert.Contains("spec.versions[0].additionalPrinterColumns[0].type: Invalid value: \"x\": must be one of boolean,date,integer,number,string", problems);
        Assert.Contains(problems, p => p.StartsWith("spec.versions[1].name: Invalid value: \"V2\": a DNS-1035 label must consist of", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.EndsWith("must contain unique version names", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.EndsWith("must have exactly one version marked as storage version", StringComparison.Ordinal)
            && p.Contains("""CustomResourceDefinitionVersion{Name:"V2", Served:true, Storage:true, Deprecated:false, DeprecationWarning:(*string)(nil), Schema:(*apiextensions.CustomResourceValidation)(nil), Subres""", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111")]
    [InlineData("odd", "metadata.annotations[api-approved.kubernetes.io]: Invalid value: \"odd\": protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111")]
    [InlineData("unapproved, a trial")]
    [InlineData("https://github.com/kubernetes/kubernetes/pull/78458")]
    public async Task Groups_of_the_community_ask_for_approval(string annotation, params string[] problems)
    {
        var group = server.Name("g") + ".k8s.io";
        var annotations = annotation.Length == 0 ? "{}" : $$"""{"api-approved.kubernetes.io":"{{annotation}}"}""";
        var answer = await server.PostAsync(Definitions, $$$"""
            {"metadata":{"name":"tabs.{{{group}}}","annotations":{{{annotations}}} },"spec":{"group":"{{{group}}}","scope":"Cluster","names":{"plural":"tabs","kind":"Tab"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} } }]} }
            """);

        Assert.Equal(problems, Problems(answer));
    }

    [Fact]
    public async Task Names_are_labels_and_a_definition_is_called_by_them()
    {
        var answer = await server.PostAsync(Definitions, """
            {"metadata":{"name":"x"},"spec":{"group":"nodot","scope":"","preserveUnknownFields":true,
             "names":{"plural":"Tabs","kind":"Tab_","listKind":"Tab_","shortNames":["T"],"categories":["A"]},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);

        var label = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
        Assert.Equal(
            [
                "metadata.name: Invalid value: \"x\": must be spec.names.plural+\".\"+spec.group",
                "spec.group: Invalid value: \"nodot\": should be a domain with at least one dot",
                "spec.scope: Required value",
                "spec.names.plural: Invalid value: \"Tabs\": " + label,
                "spec.names.singular: Invalid value: \"tab_\": " + label,
                "spec.names.kind: Invalid value: \"Tab_\": may have mixed case, but should otherwise match: " + label,
                "spec.names.listKind: Invalid value: \"Tab_\": may have mixed case, but should otherwise match: " + label,
                "spec.names.shortNames[0]: Invalid value: \"T\": " + label,
                "spec.names.listKind: Invalid value: \"Tab_\": kind and listKind may not be the same",
                "spec.names.categories[0]: Invalid value: \"A\": " + label,
                "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
            ],
            Problems(answer));
    }

    [Fact]
    public async Task What_objects_depend_on_cannot_change()
    {
        var (name, made) = await PostAsync(",\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}", "");
        Assert.True(made.Code == 201, made.Text);
        await Definition.EstablishedAsync(server, name);

        var scope = await server.MergeAsync($"{Definitions}/{name}", """{"spec":{"scope":"Cluster","names":{"kind":"Other","listKind":"OtherList"}}}""");
        var gone = await server.MergeAsync($"{Definitions}/{name}", """{"spec":{"versions":[{"name":"v2","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");

        Assert.Equal(["spec.scope: Invalid value: \"Cluster\": field is immutable", "spec.names.kind: Invalid value: \"Other\": field is immutable"], Problems(scope));
        Assert.Equal(["status.storedVersions[0]: Invalid value: \"v1\": must appear in spec.versions"], Problems(gone));
    }

    private async Task<IReadOnlyList<string>> ProblemsAsync(string version, string spec = "") => Problems((await PostAsync(version, spec)).Made);

    private async Task<(string Name, Answer Made)> PostAsync(string version, string spec)
    {
        var group = server.Name("g") + ".example.com";
        return ("tabs." + group, await server.PostAsync(Definitions, $$$"""
            {"metadata":{"name":"tabs.{{{group}}}"},"spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},
             "versions":[{"name":"v1","served":true,"storage":true{{{version}}} }]{{{spec}}} } }
            """));
    }

    private static IReadOnlyList<string> Problems(Answer answer) => answer.Code == 201 ? [] :
        [.. (answer.Body.Map("details")?.List("causes") ?? throw new InvalidOperationException(answer.Text)).OfType<TreeMap>().Select(c => c.Text("field") + ": " + c.Text("message"))];
}
