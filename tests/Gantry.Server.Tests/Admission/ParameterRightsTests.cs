using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class ParameterRightsTests(RunningServer server)
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";
    private const string User = "&{nobody u2 [system:authenticated] map[]}";

    [Fact]
    public async Task Who_makes_a_policy_of_parameters_has_to_be_able_to_read_all_of_them()
    {
        await using var rights = await RightsAsync("""{"apiGroups":["admissionregistration.k8s.io"],"resources":["*"],"verbs":["*"]}""");
        var name = server.Name("policy");

        var refused = await MakeAsync(name, "v1", "ConfigMap");
        Assert.Equal(422, refused.Code);
        Assert.Equal(
            $"""ValidatingAdmissionPolicy.admissionregistration.k8s.io "{name}" is invalid: spec.paramKind: Forbidden: user {User} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)""",
            refused.Message);
        Assert.Equal("FieldValueForbidden", Cause(refused).Text("reason"));
        Assert.StartsWith("spec.matchConstraints", Cause(await MakeAsync(name, "v1", "ConfigMap", good: false)).Text("field"), StringComparison.Ordinal);

        await using var more = await RightsAsync("""{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}""");
        Assert.Equal(201, (await MakeAsync(name, "v1", "ConfigMap")).Code);
        await more.DisposeAsync();
        // What was allowed once stays; another kind is another question, for all there is where nobody serves it.
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, Group + "validatingadmissionpolicies/" + name, """{"metadata":{"labels":{"a":"b"}}}""", Merge, token: "nobody")).Code);
        var other = await server.SendAsync(HttpMethod.Patch, Group + "validatingadmissionpolicies/" + name, """{"spec":{"paramKind":{"apiVersion":"a.example.com/v1","kind":"Nothing"}}}""", Merge, token: "nobody");
        Assert.EndsWith("(kind=Nothing, apiVersion=a.example.com/v1)", other.Message, StringComparison.Ordinal);
        await server.DeleteAsync(Group + "validatingadmissionpolicies/" + name);
    }

    [Fact]
    public async Task Who_binds_parameters_has_to_be_able_to_read_them()
    {
        await using var rights = await RightsAsync("""{"apiGroups":["admissionregistration.k8s.io"],"resources":["*"],"verbs":["*"]}""");
        var name = server.Name("binding");
        Assert.Equal(201, (await MakeAsync(name, "v1", "ConfigMap", token: "admin")).Code);

        var one = await BindAsync(name, """{"name":"c","namespace":"default","parameterNotFoundAction":"Deny"}""");
        Assert.Equal(
            (422, $"""ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io "{name}" is invalid: spec.paramRef: Forbidden: user get does not have "{User}" permission on the object referenced by paramRef"""),
            (one.Code, one.Message));
        var several = await BindAsync(name, """{"selector":{},"namespace":"default","parameterNotFoundAction":"Deny"}""");
        Assert.Contains("user list does not have", several.Message, StringComparison.Ordinal);

        await using var more = await RightsAsync("""{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"],"resourceNames":["c"]}""");
        Assert.Equal(201, (await BindAsync(name, """{"name":"c","namespace":"default","parameterNotFoundAction":"Deny"}""")).Code);
        await server.DeleteAsync(Group + "validatingadmissionpolicybindings/" + name);
        await server.DeleteAsync(Group + "validatingadmissionpolicies/" + name);
    }

    private const string Merge = "application/merge-patch+json";

    private static TreeMap Cause(Answer answer) => (TreeMap)answer.Body.Map("details")!.List("causes")![0];

    private Task<Answer> MakeAsync(string name, string apiVersion, string kind, bool good = true, string token = "nobody") => server.SendAsync(
        HttpMethod.Post, Group + "validatingadmissionpolicies",
        $$"""
        {"metadata":{"name":"{{name}}"},"spec":{"paramKind":{"apiVersion":"{{apiVersion}}","kind":"{{kind}}"},"validations":[{"expression":"true"}],
         "matchConstraints":{"resourceRules":[{{(good ? """{"apiGroups":["x.example.com"],"apiVersions":["v1"],"operations":["CREATE"],"resources":["nones"]}""" : "")}}] } } }
        """, token: token);

    private Task<Answer> BindAsync(string policy, string parameters) => server.SendAsync(
        HttpMethod.Post, Group + "validatingadmissionpolicybindings",
        $$"""{"metadata":{"name":"{{policy}}"},"spec":{"policyName":"{{policy}}","validationActions":["Deny"],"paramRef":{{parameters}} } }""", token: "nobody");

    private async Task<Rights> RightsAsync(string rule)
    {
        var name = server.Name("rights");
        await server.PostAsync(Rbac + "/clusterroles", $$"""{"metadata":{"name":"{{name}}"},"rules":[{{rule}}]}""");
        await server.PostAsync(Rbac + "/clusterrolebindings", $$"""
            {"metadata":{"name":"{{name}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{name}}"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"nobody"}]}
            """);
        return new Rights(server, name);
    }

    private sealed class Rights(RunningServer server, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await server.DeleteAsync(Rbac + "/clusterrolebindings/" + name);
            await server.DeleteAsync(Rbac + "/clusterroles/" + name);
        }
    }
}
