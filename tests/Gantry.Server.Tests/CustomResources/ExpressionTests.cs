using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Rules that are expressions: on objects of a kind that states them.</summary>
[Collection(SharedServer.Name)]
public sealed class ExpressionTests(RunningServer server)
{
    [Fact]
    public async Task A_broken_rule_refuses_the_object_in_the_words_of_the_api()
    {
        var kind = await DefineAsync("""
            {"type":"object","x-kubernetes-validations":[{"rule":"self.metadata.name != 'bad'"}],"properties":{"spec":{"type":"object",
             "x-kubernetes-validations":[{"rule":"self.min <= self.max","message":"min is not above max"},{"rule":"self.max < 10","reason":"FieldValueForbidden","fieldPath":".max"},
              {"rule":"!has(self.names) || self.names.all(n, n.startsWith('a'))","messageExpression":"'names: ' + self.names.join(',')"},
              {"rule":"self.min != 7","messageExpression":"string(1 / (self.min - 7))","message":"no seven"}],
             "properties":{"min":{"type":"integer"},"max":{"type":"integer"},"names":{"type":"array","maxItems":9,"items":{"type":"string","maxLength":9,"x-kubernetes-validations":[{"rule":"self.size() < 4"}]}},
              "labels":{"type":"object","maxProperties":9,"additionalProperties":{"type":"string","maxLength":9,"x-kubernetes-validations":[{"rule":"self != 'x'","reason":"FieldValueDuplicate"}]}}}}}}
            """);

        Assert.Equal(201, (await kind.PostAsync("good", """{"min":1,"max":2,"names":["abc"],"labels":{"k":"v"}}""")).Code);
        var bad = await kind.PostAsync("bad", """{"min":20,"max":12,"names":["abcd","b"],"labels":{"k":"x"}}""");
        Assert.Equal((422, "Invalid"), (bad.Code, bad.Reason));
        Assert.Equal(
            [
                "<nil>: Invalid value: \"object\": failed rule: self.metadata.name != 'bad'",
                "spec: Invalid value: \"object\": min is not above max",
                "spec.max: Forbidden: failed rule: self.max < 10",
                "spec: Invalid value: \"object\": names: abcd,b",
                "spec.names[0]: Invalid value: \"string\": failed rule: self.size() < 4",
                "spec.labels[k]: Duplicate value: \"string\"",
            ],
            Problems(bad));
        Assert.Equal(["spec: Invalid value: \"object\": no seven"], Problems(await kind.PostAsync("seven", """{"min":7,"max":8}""")));
        Assert.Equal(["spec: Invalid value: \"object\": no such key: min evaluating rule: min is not above max"], Problems(await kind.PostAsync("none", """{"max":8}""")).Take(1));
    }

    [Fact]
    public async Task Rules_wait_until_the_object_has_the_right_types()
    {
        var kind = await DefineAsync("""{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"self.a < 3"}],"properties":{"a":{"type":"integer"}}}}}""");

        Assert.Equal(
            [
                "spec.a: Invalid value: \"string\": spec.a in body must be of type integer: \"string\"",
                "<nil>: Invalid value: \"null\": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
            ],
            Problems(await kind.PostAsync("a", """{"a":"x"}""")));
    }

    [Fact]
    public async Task Transition_rules_compare_with_the_stored_object()
    {
        var kind = await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{
             "fixed":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"is fixed"}]},
             "first":{"type":"integer","x-kubernetes-validations":[{"rule":"oldSelf.hasValue() || self == 1","optionalOldSelf":true,"message":"starts at 1"},
              {"rule":"self >= oldSelf.orValue(self)","optionalOldSelf":true,"message":"only grows"}]},
             "items":{"type":"array","maxItems":9,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],
              "properties":{"k":{"type":"string"},"v":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}}}}},
             "status":{"type":"object","properties":{"n":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf","message":"counts up"}]}}}}}
            """);

        Assert.Equal(["spec.first: Invalid value: \"integer\": starts at 1"], Problems(await kind.PostAsync("a", """{"first":2}""")));
        Assert.Equal(201, (await kind.PostAsync("a", """{"fixed":"x","first":1,"items":[{"k":"a","v":5},{"k":"b","v":1}]}""")).Code);
        Assert.Equal(200, (await server.MergeAsync(kind.Path + "/a", """{"spec":{"first":3,"items":[{"k":"b","v":1},{"k":"a","v":6},{"k":"c","v":0}]}}""")).Code);
        Assert.Equal(
            ["spec.first: Invalid value: \"integer\": only grows", "spec.fixed: Invalid value: \"string\": is fixed", "spec.items[0].v: Invalid value: \"integer\": failed rule: self >= oldSelf"],
            Problems(await server.MergeAsync(kind.Path + "/a", """{"spec":{"fixed":"y","first":2,"items":[{"k":"a","v":1}]}}""")).Order());
        Assert.Equal(200, (await server.MergeAsync(kind.Path + "/a/status", """{"status":{"n":5}}""")).Code);
        Assert.Equal(["status.n: Invalid value: \"integer\": counts up"], Problems(await server.MergeAsync(kind.Path + "/a/status", """{"status":{"n":4}}""")));
    }

    [Fact]
    public async Task What_has_not_changed_is_not_refused_by_a_newer_rule()
    {
        var kind = await DefineAsync("""{"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"},"c":{"type":"integer"}}}}}""");
        Assert.Equal(201, (await kind.PostAsync("a", """{"a":"long","b":"wrong","c":1}""")).Code);
        await kind.ChangeAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"string","maxLength":2},
             "b":{"type":"string","x-kubernetes-validations":[{"rule":"self == 'right'"}]},"c":{"type":"integer"}}}}}
            """);
        await Definition.UntilAsync(async () => Problems(await kind.PostAsync("x", """{"a":"long"}""")).Any());

        var other = await server.MergeAsync(kind.Path + "/a", """{"spec":{"c":2}}""");
        Assert.Equal(200, other.Code);
        Assert.Contains("failed rule: self == 'right'", Assert.Single(other.Warnings), StringComparison.Ordinal);
        Assert.Equal(["spec.a: Too long: may not be more than 2 bytes"], Problems(await server.MergeAsync(kind.Path + "/a", """{"spec":{"a":"other"}}""")).Take(1));
        Assert.Equal(["spec.b: Invalid value: \"string\": failed rule: self == 'right'"], Problems(await server.MergeAsync(kind.Path + "/a", """{"spec":{"b":"odd"}}""")));
    }

    [Fact]
    public async Task Values_have_the_types_of_their_formats_and_names_are_escaped()
    {
        var kind = await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[
              {"rule":"self.until - self.since >= self.least"},{"rule":"self.data == b'ab'"},{"rule":"type(self.port) == int ? self.port > 0 : self.port != ''"},
              {"rule":"self.__namespace__ == 'n' && self.a__dash__b == 1 && self.ratio > 0.5 && self.set == ['b', 'a']"},{"rule":"self.ip == '' || isIP(self.ip)"}],
             "properties":{"since":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"},"least":{"type":"string","format":"duration"},
              "data":{"type":"string","format":"byte"},"port":{"x-kubernetes-int-or-string":true},"namespace":{"type":"string"},"a-b":{"type":"integer"},"ratio":{"type":"number"},
              "set":{"type":"array","maxItems":5,"x-kubernetes-list-type":"set","items":{"type":"string","maxLength":5}},"ip":{"type":"string","default":""}}}}}
            """);

        var spec = """{"since":"2024-01-01T00:00:00Z","until":"2024-01-01T02:00:00+01:00","least":"1h","data":"YWI=","port":"http","namespace":"n","a-b":1,"ratio":1,"set":["a","b"]}""";
        Assert.Equal((201, ""), ((await kind.PostAsync("a", spec)) is { } made ? made.Code : 0, ""));
        Assert.Equal(
            ["spec: Invalid value: \"object\": failed rule: self.until - self.since >= self.least", "spec: Invalid value: \"object\": failed rule: type(self.port) == int ? self.port > 0 : self.port != ''"],
            Problems(await kind.PostAsync("b", spec.Replace("\"1h\"", "\"2h\"", StringComparison.Ordinal).Replace("\"http\"", "0", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_rule_that_costs_too_much_ends_the_check()
    {
        var kind = await DefineAsync("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{"l":{"type":"array","maxItems":1100,"items":{"type":"integer"},
             "x-kubernetes-validations":[{"rule":"self.all(x, self.all(y, x != -y))","message":"pairs"},{"rule":"false","message":"never reached"}]}}}}}
            """);

        var list = "[" + string.Join(',', Enumerable.Range(1, 1000)) + "]";
        Assert.Equal(
            ["spec.l: Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: pairs"],
            Problems(await kind.PostAsync("a", $$"""{"l":{{list}}}""")));
    }

    private async Task<Kind> DefineAsync(string schema)
    {
        var kind = new Kind(server, server.Name("g") + ".example.com", $"/namespaces/{await server.NamespaceAsync()}/tabs");
        var made = await server.PostAsync(Definition.Path, kind.Body(schema));
        Assert.True(made.Code == 201, made.Text);
        return kind;
    }

    private static IReadOnlyList<string> Problems(Answer answer) =>
        [.. (answer.Body.Map("details")?.List("causes") ?? []).OfType<TreeMap>().Select(c => $"{c.Text("field")}: {c.Text("message")}")];

    private sealed record Kind(RunningServer Server, string Group, string Suffix)
    {
        public string Path => $"/apis/{Group}/v1{Suffix}";

        public string Body(string schema) => $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"tabs.{{{Group}}}"},
             "spec":{"group":"{{{Group}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},
              "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{} },"schema":{"openAPIV3Schema":{{{schema}}} } }] } }
            """;

        public Task<Answer> PostAsync(string name, string spec) =>
            Server.PostAsync(Path, $$$"""{"apiVersion":"{{{Group}}}/v1","kind":"Tab","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}} }""");

        public async Task ChangeAsync(string schema)
        {
            var changed = await Server.MergeAsync($"{Definition.Path}/tabs.{Group}", Body(schema));
            Assert.True(changed.Code == 200, changed.Text);
        }
    }
}
