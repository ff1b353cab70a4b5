using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class PolicyTests(RunningServer server)
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    [Fact]
    public async Task A_policy_that_is_bound_denies_with_its_message()
    {
        var ns = await server.NamespaceAsync();
        await using var policy = await PolicyAsync(ns, "configmaps", """
            "validations":[{"expression":"!has(object.data) || !('bad' in object.data)","message":"nothing bad"},
                           {"expression":"object.metadata.name.startsWith(variables.prefix)","messageExpression":"'name must start with ' + variables.prefix","reason":"Forbidden"}],
            "variables":[{"name":"prefix","expression":"namespaceObject.metadata.name.substring(0, 2) + '-'"}]
            """);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        var bad = await server.PostAsync(path, """{"metadata":{"name":"ns-a"},"data":{"bad":"1"} }""");
        Assert.Equal((422, "Invalid"), (bad.Code, bad.Reason));
        Assert.Equal($"configmaps \"ns-a\" is forbidden: ValidatingAdmissionPolicy '{policy.Name}' with binding '{policy.Name}' denied request: nothing bad", bad.Message);
        var named = await server.PostAsync(path, """{"metadata":{"name":"x"} }""");
        Assert.Equal((403, "Forbidden"), (named.Code, named.Reason));
        Assert.EndsWith("denied request: name must start with ns-", named.Message);
        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"ns-ok"} }""")).Code);
        Assert.Equal(200, (await server.DeleteAsync(path + "/ns-ok")).Code);
    }

    [Fact]
    public async Task A_binding_may_warn_instead()
    {
        var ns = await server.NamespaceAsync();
        await using var policy = await PolicyAsync(ns, "configmaps", """ "validations":[{"expression":"object.metadata.name == 'a'"}] """, actions: "\"Warn\",\"Audit\"");

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"b"} }""");

        Assert.Equal(201, made.Code);
        var figures = (await server.GetAsync("/metrics")).Text;
        foreach (var action in new[] { "warn", "audit" })
        {
            Assert.Contains($"\napiserver_validating_admission_policy_check_total{{enforcement_action=\"{action}\",error_type=\"no_error\",policy=\"{policy.Name}\",policy_binding=\"{policy.Name}\"}} 1\n", figures);
        }

        Assert.Contains("\napiserver_cel_compilation_duration_seconds_count ", figures);
        Assert.Contains("\napiserver_cel_evaluation_duration_seconds_count ", figures);
        Assert.Equal(
            $"299 - \"Validation failed for ValidatingAdmissionPolicy '{policy.Name}' with binding '{policy.Name}': failed expression: object.metadata.name == 'a'\"",
            Assert.Single(made.Warnings));
    }

    [Theory]
    [InlineData("Fail", 422)]
    [InlineData("Ignore", 201)]
    public async Task An_expression_that_cannot_be_computed_counts_as_the_policy_says(string policy, int code)
    {
        var ns = await server.NamespaceAsync();
        await using var _ = await PolicyAsync(ns, "configmaps", """ "validations":[{"expression":"object.data.missing == 'x'"}] """, failure: policy);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"b"},"data":{"a":"b"} }""");

        Assert.Equal(code, made.Code);
        if (code != 201)
        {
            Assert.EndsWith("denied request: expression 'object.data.missing == 'x'' resulted in error: no such key: missing", made.Message);
        }
    }

    [Fact]
    public async Task Parameters_come_from_the_namespace_of_the_request_by_name_or_by_labels()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        const string Rule = """
            "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
            "matchConditions":[{"name":"others","expression":"!has(object.metadata.labels) || !('limit' in object.metadata.labels)"}],
            "validations":[{"expression":"size(object.data) <= int(params.data.most)","messageExpression":"'at most ' + params.data.most"}]
            """;
        await using (await PolicyAsync(ns, "configmaps", Rule, binding: ""","paramRef":{"name":"limits","parameterNotFoundAction":"Deny"}"""))
        {
            var missing = await server.PostAsync(path, """{"metadata":{"name":"a"},"data":{"x":"1"} }""");
            Assert.EndsWith("denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction", missing.Message);
        }

        await using (await PolicyAsync(ns, "configmaps", Rule, binding: ""","paramRef":{"selector":{"matchLabels":{"limit":"yes"} },"parameterNotFoundAction":"Allow"}"""))
        {
            Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"free"},"data":{"x":"1","y":"2"} }""")).Code);
            Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"limits","labels":{"limit":"yes"}},"data":{"most":"1"} }""")).Code);
            var refused = await server.PostAsync(path, """{"metadata":{"name":"b"},"data":{"x":"1","y":"2"} }""");
            Assert.Equal(422, refused.Code);
            Assert.EndsWith("denied request: at most 1", refused.Message);
            Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"b"},"data":{"x":"1"} }""")).Code);
        }
    }

    [Fact]
    public async Task A_kind_of_parameters_that_nobody_serves_is_a_fault_of_the_policy()
    {
        var ns = await server.NamespaceAsync();
        await using var _ = await PolicyAsync(
            ns, "configmaps", """ "paramKind":{"apiVersion":"rules.example.com/v1","kind":"Limit"},"validations":[{"expression":"true"}] """,
            binding: ""","paramRef":{"name":"x","parameterNotFoundAction":"Deny"}""");

        var refused = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"} }""");

        Assert.EndsWith("denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'", refused.Message);
    }

    [Fact]
    public async Task Expressions_may_ask_what_the_user_may_do_and_what_the_request_is()
    {
        var ns = await server.NamespaceAsync();
        await using var _ = await PolicyAsync(ns, "configmaps", """
            "validations":[{"expression":"request.userInfo.username == 'admin' && request.operation == 'CREATE' && request.resource.resource == 'configmaps' && request.namespace == namespaceObject.metadata.name"},
                           {"expression":"authorizer.requestResource.check('delete').allowed() && authorizer.group('').resource('pods').namespace(request.namespace).check('create').allowed()"},
                           {"expression":"!authorizer.serviceAccount(request.namespace, 'default').group('').resource('pods').check('create').allowed()"},
                           {"expression":"oldObject == null"}]
            """);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"} }""");

        Assert.True(made.Code == 201, made.Text);
    }

    [Fact]
    public async Task A_policy_excludes_what_it_names_and_a_binding_narrows_it()
    {
        var ns = await server.NamespaceAsync();
        await using var _ = await PolicyAsync(
            ns, "configmaps", """ "validations":[{"expression":"false"}] """,
            match: ""","excludeResourceRules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["*"],"resources":["configmaps"],"resourceNames":["free"]}]""",
            binding: ""","matchResources":{"objectSelector":{"matchLabels":{"judged":"yes"} } }""");
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"free","labels":{"judged":"yes"} } }""")).Code);
        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"other"} }""")).Code);
        Assert.Equal(422, (await server.PostAsync(path, """{"metadata":{"name":"judged","labels":{"judged":"yes"} } }""")).Code);
    }

    [Fact]
    public async Task Custom_resources_are_judged_in_the_version_of_the_rule()
    {
        var ns = await server.NamespaceAsync();
        var group = server.Name("g") + ".example.com";
        var made = await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$"""
            {"metadata":{"name":"things.{{{group}}}"},"spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } },
                         {"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }] } }
            """);
        Assert.True(made.Code == 201, made.Text);
        await using var _ = await PolicyAsync(ns, "things", """ "validations":[{"expression":"object.apiVersion.endsWith('/v2') && object.size < 3"}] """, group: group, version: "v2");

        Assert.Equal(201, (await server.PostAsync($"/apis/{group}/v1/namespaces/{ns}/things", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Thing","metadata":{"name":"a"},"size":1 }""")).Code);
        Assert.Equal(422, (await server.PostAsync($"/apis/{group}/v1/namespaces/{ns}/things", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Thing","metadata":{"name":"b"},"size":7 }""")).Code);
    }

    [Fact]
    public async Task What_costs_too_much_is_refused()
    {
        var ns = await server.NamespaceAsync();
        await using var _ = await PolicyAsync(ns, "configmaps", """
            "validations":[{"expression":"object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, object.data[a] + object.data[b] + object.data[c] + object.data[d] != 'x'))))"}]
            """);
        var data = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"k{i}\":\"{i}\""));

        var refused = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"a"},"data":{ {{{data}}} } }""");

        Assert.Equal(422, refused.Code);
        Assert.EndsWith("resulted in error: operation cancelled: actual cost limit exceeded", refused.Message);
    }

    [Theory]
    [InlineData("""{"validations":[{"expression":"object.x +"}]}""", "spec.validations[0].expression: Invalid value: \"object.x +\": compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>' expecting")]
    [InlineData("""{"validations":[{"expression":"1 + 1"}]}""", "spec.validations[0].expression: Invalid value: \"1 + 1\": must evaluate to bool")]
    [InlineData("""{"validations":[{"expression":"params.x == 1"}]}""", "spec.validations[0].expression: Invalid value: \"params.x == 1\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')")]
    [InlineData("""{"validations":[{"expression":"variables.b"}],"variables":[{"name":"a","expression":"true"}]}""", "spec.validations[0].expression: Invalid value: \"variables.b\": compilation failed: ERROR: <input>:1:10: undefined field 'b'")]
    [InlineData("""{"validations":[{"expression":"true","messageExpression":"authorizer.path('/').check('get').allowed() ? 'a' : 'b'"}]}""", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')")]
    [InlineData("""{"validations":[{"expression":"true","messageExpression":"1"}]}""", "spec.validations[0].messageExpression: Invalid value: \"1\": must evaluate to string")]
    [InlineData("""{"auditAnnotations":[{"key":"k","valueExpression":"true"}]}""", "spec.auditAnnotations[0].valueExpression: Invalid value: \"true\": must evaluate to one of [string null_type]")]
    [InlineData("""{"validations":[{"expression":"true"}],"matchConditions":[{"name":"m","expression":"'x'"}]}""", "spec.matchConditions[0].expression: Invalid value: \"'x'\": must evaluate to bool")]
    [InlineData("""{"validations":[{"expression":"true"}],"variables":[{"name":"a","expression":"variables.b"},{"name":"b","expression":"1"}]}""", "spec.variables[0].expression: Invalid value: \"variables.b\": compilation failed: ERROR: <input>:1:10: undefined field 'b'")]
    public async Task A_policy_whose_expressions_are_no_programs_is_refused(string spec, string why)
    {
        var tree = (TreeMap)TreeJson.Parse(spec);
        tree["matchConstraints"] = TreeJson.Parse("""{"resourceRules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]}""");

        var refused = await server.PostAsync(Group + "validatingadmissionpolicies", $$$"""{"metadata":{"name":"{{{server.Name("broken")}}}"},"spec":{{{TreeJson.WriteText(tree)}}} }""");

        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public async Task A_webhook_whose_conditions_are_no_programs_is_refused()
    {
        var refused = await server.PostAsync(Group + "validatingwebhookconfigurations", $$$"""
            {"metadata":{"name":"{{{server.Name("broken")}}}"},"webhooks":[{"name":"a.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"url":"https://x"},
             "matchConditions":[{"name":"m","expression":" request.user == 'x' "}]}] }
            """);

        Assert.Equal(422, refused.Code);
        Assert.Contains("webhooks[0].matchConditions[0].expression: Invalid value: \"request.user == 'x'\": compilation failed: ERROR: <input>:1:8: undefined field 'user'", refused.Message);
    }

    [Fact]
    public void Types_are_checked_against_the_schemas_that_the_rules_name()
    {
        var policy = new V1ValidatingAdmissionPolicy
        {
            Spec = new V1ValidatingAdmissionPolicySpec
            {
                MatchConstraints = new V1MatchResources
                {
                    ResourceRules = [new V1NamedRuleWithOperations { Operations = ["*"], ApiGroups = ["apps"], ApiVersions = ["v1"], Resources = ["deployments", "replicasets"] }],
                },
                Variables = [new V1Variable { Name = "replicas", Expression = "object.spec.replicas" }],
                Validations =
                [
                    new V1Validation { Expression = "object.spec.replicas > 1 && variables.replicas < 9" },
                    new V1Validation { Expression = "object.spec.replicas > '1'" },
                    new V1Validation { Expression = "object.spec.strategy.type == 'Recreate'", MessageExpression = "object.spec.nothing" },
                ],
            },
        };

        var warnings = server.Server.CheckTypes(policy);

        Assert.Equal(["spec.validations[1].expression", "spec.validations[2].expression", "spec.validations[2].messageExpression"], warnings.Select(w => w.FieldRef));
        Assert.Equal(
            "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'\n | object.spec.replicas > '1'\n | .....................^\n\n"
                + "apps/v1, Kind=ReplicaSet: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'\n | object.spec.replicas > '1'\n | .....................^\n",
            warnings[0].Warning);
        Assert.StartsWith("apps/v1, Kind=ReplicaSet: ERROR: <input>:1:12: undefined field 'strategy'", warnings[1].Warning);
    }

    private async Task<Bound> PolicyAsync(
        string ns, string resource, string spec, string group = "", string version = "v1", string failure = "Fail", string actions = "\"Deny\"", string match = "", string binding = "")
    {
        var name = server.Name("policy");
        var selector = $$$""" "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"{{{ns}}}"} }, """;
        var made = await server.PostAsync(Group + "validatingadmissionpolicies", $$$"""
            {"metadata":{"name":"{{{name}}}"},"spec":{"failurePolicy":"{{{failure}}}",{{{spec}}},
             "matchConstraints":{ {{{selector}}} "resourceRules":[{"operations":["CREATE","UPDATE"],"apiGroups":["{{{group}}}"],"apiVersions":["{{{version}}}"],"resources":["{{{resource}}}"]}]{{{match}}} } } }
            """);
        Assert.True(made.Code == 201, made.Text);
        var bound = await server.PostAsync(Group + "validatingadmissionpolicybindings", $$$"""
            {"metadata":{"name":"{{{name}}}"},"spec":{"policyName":"{{{name}}}","validationActions":[{{{actions}}}]{{{binding}}} } }
            """);
        Assert.True(bound.Code == 201, bound.Text);
        return new Bound(server, name);
    }

    private sealed class Bound(RunningServer server, string name) : IAsyncDisposable
    {
        public string Name => name;

        public async ValueTask DisposeAsync()
        {
            Assert.Equal(200, (await server.DeleteAsync($"{Group}validatingadmissionpolicybindings/{name}")).Code);
            Assert.Equal(200, (await server.DeleteAsync($"{Group}validatingadmissionpolicies/{name}")).Code);
        }
    }
}
