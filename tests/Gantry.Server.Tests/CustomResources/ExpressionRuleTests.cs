using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Rules that are expressions: when their definition is written.</summary>
[Collection(SharedServer.Name)]
public sealed class ExpressionRuleTests(RunningServer server)
{
    private const string Spec = "spec.validation.openAPIV3Schema.properties[spec]";
    private const string First = Spec + ".x-kubernetes-validations[0]";
    private const string Dear = " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";

    [Theory]
    [InlineData("""[{"rule":" "}]""", First + ".rule: Required value: rule is not specified")]
    [InlineData("""[{"rule":"true","message":" "}]""", First + ".message: Invalid value: \" \": message must be non-empty if specified")]
    [InlineData("""[{"rule":"true","message":"a\nb"}]""", First + ".message: Invalid value: \"a\\nb\": message must not contain line breaks")]
    [InlineData("""[{"rule":"true\n&& true"}]""", First + ".message: Required value: message must be specified if rule contains line breaks")]
    [InlineData("""[{"rule":"true","messageExpression":" "}]""", First + ".messageExpression: Required value: messageExpression must be non-empty if specified")]
    [InlineData("""[{"rule":"true","reason":"Odd"}]""", First + ".reason: Unsupported value: \"Odd\": supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \"FieldValueInvalid\", \"FieldValueRequired\"")]
    [InlineData("""[{"rule":"true","fieldPath":".nope"}]""", First + ".fieldPath: Invalid value: \".nope\": fieldPath must be a valid path")]
    [InlineData("""[{"rule":"true","fieldPath":".m['a.b']"},{"rule":"true","fieldPath":".n"}]""")]
    [InlineData("""[{"rule":"true","optionalOldSelf":true}]""", First + ".optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule")]
    [InlineData("""[{"rule":"self.n"}]""", First + ".rule: Invalid value: apiextensions.ValidationRule{Rule:\"self.n\", Message:\"\", MessageExpression:\"\", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:\"\", OptionalOldSelf:(*bool)(nil)}: cel expression must evaluate to a bool")]
    [InlineData("""[{"rule":"self.x == 1"}]""", First + ".rule: Invalid value: apiextensions.ValidationRule{Rule:\"self.x == 1\", Message:\"\", MessageExpression:\"\", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:\"\", OptionalOldSelf:(*bool)(nil)}: compilation failed: ERROR: <input>:1:5: undefined field 'x'\n | self.x == 1\n | ....^")]
    [InlineData("""[{"rule":"true","messageExpression":"self.n"}]""", First + ".messageExpression: Invalid value: apiextensions.ValidationRule{Rule:\"true\", Message:\"\", MessageExpression:\"self.n\", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:\"\", OptionalOldSelf:(*bool)(nil)}: messageExpression must evaluate to a string")]
    [InlineData("""[{"rule":"self.list.all(a, self.list.all(b, a.v != b.v || a == b))"}]""", First + ".rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x" + Dear)]
    public async Task A_rule_is_well_formed_compiles_and_is_not_too_dear(string rules, params string[] problems)
    {
        var answer = await DefineAsync($$$"""
            {"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":{{{rules}}},"properties":{"n":{"type":"integer"},"m":{"type":"object","additionalProperties":{"type":"string"} },
             "list":{"type":"array","items":{"type":"object","properties":{"v":{"type":"string"} } } } } } } }
            """);

        Assert.Equal(problems.Length == 0 ? 201 : 422, answer.Code);
        Assert.Equal(problems, Problems(answer).Take(problems.Length));
    }

    [Fact]
    public async Task Rules_on_many_values_cost_as_many_times()
    {
        var answer = await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{
             "few":{"type":"array","maxItems":10,"items":{"type":"string","maxLength":250,"x-kubernetes-validations":[{"rule":"self.contains('a') && self.matches('^a+$')"}]}},
             "many":{"type":"array","items":{"type":"string","maxLength":1000,"x-kubernetes-validations":[{"rule":"self.matches('^a+$')"}]}}}}}}
            """);

        Assert.Equal(
            [
                Spec + ".properties[many].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 42.2x" + Dear,
                Spec + ".properties[many].items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
                "spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 4.2x" + Dear,
            ],
            Problems(answer));
    }

    [Fact]
    public async Task Old_values_are_only_known_where_items_have_keys()
    {
        var answer = await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{"l":{"type":"array","maxItems":3,"items":{"type":"object","properties":{"v":{"type":"integer",
             "x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}}}}}}}
            """);

        Assert.Equal(
            [Spec + ".properties[l].items.properties[v].x-kubernetes-validations[0].rule: Invalid value: \"self >= oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema within " + Spec + ".properties[l]"],
            Problems(answer));
    }

    [Fact]
    public async Task A_default_keeps_the_rules() => Assert.Equal(
        [Spec + ".properties[n].default: Invalid value: \"integer\": failed rule: self > 5"],
        Problems(await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{"n":{"type":"integer","default":3,"x-kubernetes-validations":[{"rule":"self > 5"}]}}}}}
            """)));

    private Task<Answer> DefineAsync(string schema)
    {
        var group = server.Name("g") + ".example.com";
        return server.PostAsync(Definition.Path, $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"tabs.{{{group}}}"},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},
              "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{schema}}} } }] } }
            """);
    }

    private static IReadOnlyList<string> Problems(Answer answer) =>
        [.. (answer.Body.Map("details")?.List("causes") ?? []).OfType<TreeMap>().Select(c => $"{c.Text("field")}: {c.Text("message")}")];
}
