using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Webhook;
using Gantry.Server.Authorization;
using Gantry.Server.Authorization.Webhook;
using Gantry.Server.Certificates;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Authentication;

/// <summary>The whole server with bootstrap tokens, a token webhook, a proxy in front and a webhook that decides.</summary>
public sealed class ConfiguredServerTests : IAsyncLifetime, IDisposable
{
    private readonly List<TreeMap> _asked = [];
    private readonly CertificateAuthority _front = CertificateAuthority.Create("front", TimeSpan.FromDays(2), TimeProvider.System);
    private JsonServer _hooks = null!;
    private RunningServer _server = null!;
    private string _decision = """{"allowed":false,"reason":"not today"}""";
    private bool _silent;

    public async Task InitializeAsync()
    {
        _hooks = await JsonServer.StartAsync(Answer);
        _server = new RunningServer { Configure = Configure };
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _hooks.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _front.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_webhook_tells_whose_a_token_is_and_is_asked_once_for_a_while()
    {
        var me = await WhoAmIAsync("from-elsewhere");
        Assert.Equal(("carol", "c-1"), (me.Text("username"), me.Text("uid")));
        Assert.Equal(["devs", "system:authenticated"], me.List("groups")!.Select(g => ((TreeString)g).Value));
        Assert.Equal("x", ((TreeString)me.Map("extra")!.List("acme.com/k")![0]).Value);
        _ = await WhoAmIAsync("from-elsewhere");
        Assert.Single(_asked, a => a.Text("kind") == "TokenReview");
        var spec = _asked[0].Map("spec")!;
        Assert.Equal("https://kubernetes.default.svc.cluster.local", ((TreeString)spec.List("audiences")![0]).Value);
        Assert.Equal(401, (await _server.SendAsync(HttpMethod.Get, "/version", token: "unknown")).Code);
    }

    [Fact]
    public async Task A_webhook_that_does_not_answer_is_told_in_the_review()
    {
        _silent = true;
        var review = (await _server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", """{"spec":{"token":"from-elsewhere"}}""")).Body.Map("status")!;
        Assert.Equal("[invalid bearer token, the server responded with the status code 404]", review.Text("error"));
    }

    [Theory]
    [InlineData("true", "", "", 200)]
    [InlineData("false", "", "", 401)]
    [InlineData("true", "2020-01-01T00:00:00Z", "", 401)]
    [InlineData("true", "soon", "", 401)]
    [InlineData("true", "2100-01-01T00:00:00Z", "system:bootstrappers:workers", 200)]
    [InlineData("true", "", "system:masters", 401)]
    public async Task A_bootstrap_token_counts_while_its_secret_says_so(string use, string expiration, string groups, int code)
    {
        static string Data(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        var made = await _server.PostAsync("/api/v1/namespaces/kube-system/secrets", $$$"""
            {"metadata":{"name":"bootstrap-token-abcdef"},"type":"bootstrap.kubernetes.io/token","data":{
              "token-id":"{{{Data("abcdef")}}}","token-secret":"{{{Data("0123456789abcdef")}}}","usage-bootstrap-authentication":"{{{Data(use)}}}",
              "expiration":"{{{Data(expiration)}}}","auth-extra-groups":"{{{Data(groups)}}}"}}
            """);
        Assert.True(made.Code == 201, made.Text);
        Assert.Equal(code, (await _server.SendAsync(HttpMethod.Get, "/version", token: "abcdef.0123456789abcdef")).Code);
        Assert.Equal(401, (await _server.SendAsync(HttpMethod.Get, "/version", token: "abcdef.0123456789abcdee")).Code);
        if (code == 200)
        {
            var me = await WhoAmIAsync("abcdef.0123456789abcdef");
            Assert.Equal("system:bootstrap:abcdef", me.Text("username"));
            Assert.Equal(
                groups.Length > 0 ? ["system:bootstrappers", groups, "system:authenticated"] : ["system:bootstrappers", "system:authenticated"],
                me.List("groups")!.Select(g => ((TreeString)g).Value));
        }
    }

    [Theory]
    [InlineData("front-proxy", 201)]
    [InlineData("other", 401)]
    public async Task A_proxy_with_an_allowed_name_says_who_its_users_are(string name, int code)
    {
        using var handler = _server.Trusting();
        using var certificate = Exportable(_front.Issue(new LeafProfile("x", name, [], LeafUsage.Client), TimeSpan.FromDays(1)));
        handler.SslOptions.ClientCertificates = [certificate];
        using var http = new HttpClient(handler) { BaseAddress = _server.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Remote-User", "dave");
        request.Headers.Add("X-Remote-Group", "a");
        request.Headers.Add("X-Remote-Extra-Acme.com%2fk", "v");
        using var response = await http.SendAsync(request);
        Assert.Equal(code, (int)response.StatusCode);
        if (code == 201)
        {
            var user = ((TreeMap)TreeJson.Parse(await response.Content.ReadAsStringAsync())).Map("status")!.Map("userInfo")!;
            Assert.Equal("dave", user.Text("username"));
            Assert.Equal(["a", "system:authenticated"], user.List("groups")!.Select(g => ((TreeString)g).Value));
            Assert.Equal("v", ((TreeString)user.Map("extra")!.List("acme.com/k")![0]).Value);
        }
    }

    [Fact]
    public async Task Headers_without_the_proxys_certificate_say_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/version");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "guess");
        request.Headers.Add("X-Remote-User", "admin");
        request.Headers.Add("X-Remote-Group", "system:masters");
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_webhook_decides_what_the_others_leave_open_and_sees_selectors()
    {
        var refused = await _server.SendAsync(HttpMethod.Get, "/api/v1/pods?fieldSelector=spec.nodeName%3Done&labelSelector=a%20in%20(b%2Cc)%2C!d", token: "nobody");
        Assert.Equal("pods is forbidden: User \"nobody\" cannot list resource \"pods\" in API group \"\" at the cluster scope: not today", refused.Message);
        var attributes = _asked.Single(a => a.Text("kind") == "SubjectAccessReview").Map("spec")!.Map("resourceAttributes")!;
        Assert.Equal("""{"requirements":[{"key":"spec.nodeName","operator":"In","values":["one"]}]}""", TreeJson.WriteText(attributes.Map("fieldSelector")!));
        Assert.Equal("""{"requirements":[{"key":"a","operator":"In","values":["b","c"]},{"key":"d","operator":"DoesNotExist"}]}""", TreeJson.WriteText(attributes.Map("labelSelector")!));

        _decision = """{"allowed":true}""";
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Get, "/api/v1/services", token: "nobody")).Code);
        Assert.Equal(403, (await _server.SendAsync(HttpMethod.Get, "/api/v1/pods?fieldSelector=spec.nodeName%3Done&labelSelector=a%20in%20(b%2Cc)%2C!d", token: "nobody")).Code);
    }

    [Fact]
    public async Task A_webhook_that_cannot_decide_is_a_fault_of_the_server_and_told_in_reviews()
    {
        _silent = true;
        var failed = await _server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "nobody");
        Assert.Equal((500, "Internal Server Error: \"/api/v1/pods\": the server responded with the status code 404\n"), (failed.Code, failed.Text));
        var review = await _server.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"nobody","resourceAttributes":{"verb":"list","resource":"pods"}}}""");
        Assert.Equal("the server responded with the status code 404", review.Body.Map("status")!.Text("evaluationError"));
        var rules = await _server.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""", token: "nobody");
        Assert.Equal("webhook authorizer does not support user rule resolution", rules.Body.Map("status")!.Text("evaluationError"));
    }

    [Fact]
    public async Task A_webhook_is_asked_only_where_its_conditions_hold()
    {
        _decision = """{"allowed":true}""";
        Assert.Equal(403, (await _server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/kube-system/pods", token: "nobody")).Code);
        Assert.Empty(_asked);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/pods", token: "nobody")).Code);
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Get, "/nothing", token: "nobody")).Code);
        var figures = (await _server.GetAsync("/metrics")).Text;
        Assert.Contains("\napiserver_authorization_decisions_total{decision=\"allowed\",name=\"default\",type=\"Webhook\"} 2\n", figures);
        Assert.Contains("\napiserver_authorization_webhook_evaluations_total{name=\"default\",result=\"success\"} 2\n", figures);
        Assert.Contains("\napiserver_authorization_match_condition_exclusions_total{name=\"default\",type=\"Webhook\"} 1\n", figures);
    }

    [Fact]
    public async Task Expressions_are_answered_by_a_webhook_with_selectors_reasons_and_errors()
    {
        const string Policies = "/apis/admissionregistration.k8s.io/v1/";
        const string Check = "authorizer.serviceAccount('default', 'robot').group('').resource('pods').namespace('x').fieldSelector('spec.nodeName=one').labelSelector('a in (b)').check('list')";
        Assert.Equal(201, (await _server.PostAsync(Policies + "validatingadmissionpolicies", $$$"""
            {"metadata":{"name":"asks"},"spec":{"matchConstraints":{"resourceRules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]},
             "validations":[{"expression":"{{{Check}}}.allowed()","messageExpression":"'no'"},
                            {"expression":"!{{{Check}}}.errored()","message":"errored"},
                            {"expression":"{{{Check}}}.reason() == 'because' && {{{Check}}}.error() == ''","message":"reason"},
                            {"expression":"authorizer.path('/x').check('get').allowed()","message":"path"}] } }
            """)).Code);
        Assert.Equal(201, (await _server.PostAsync(Policies + "validatingadmissionpolicybindings", """{"metadata":{"name":"asks"},"spec":{"policyName":"asks","validationActions":["Deny"]}}""")).Code);
        _decision = """{"allowed":true,"reason":"because"}""";

        var made = await _server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.True(made.Code == 201, made.Text);
        var asked = Assert.Single(_asked, a => a.Map("spec")!.Text("user") == "system:serviceaccount:default:robot").Map("spec")!;
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:default"], asked.List("groups")!.Select(g => ((TreeString)g).Value));
        Assert.Equal("""{"requirements":[{"key":"spec.nodeName","operator":"In","values":["one"]}]}""", TreeJson.WriteText(asked.Map("resourceAttributes")!.Map("fieldSelector")!));
        Assert.Equal("""{"requirements":[{"key":"a","operator":"In","values":["b"]}]}""", TreeJson.WriteText(asked.Map("resourceAttributes")!.Map("labelSelector")!));

        _silent = true;
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, Policies + "validatingadmissionpolicies/asks", """
            {"spec":{"validations":[{"expression":"!authorizer.serviceAccount('default', 'other').path('/y').check('get').errored()","messageExpression":"'errored'"}] } }
            """, "application/merge-patch+json")).Code);
        var refused = await _server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"b"}}""");
        Assert.EndsWith("denied request: errored", refused.Message);
    }

    private ApiServerOptions Configure(ApiServerOptions options)
    {
        var ca = Path.Combine(options.DataDirectory, "front.crt");
        File.WriteAllText(ca, _front.CertificatePem);
        return options with
        {
            Authentication = new AuthenticationOptions
            {
                BootstrapTokens = true,
                Webhook = new TokenWebhookOptions { KubeconfigFile = _hooks.Kubeconfig(options.DataDirectory, "/tokens"), Version = "v1" },
                RequestHeader = new RequestHeaderOptions { ClientCaFile = ca, AllowedNames = ["front-proxy"] },
            },
            Authorization = new AuthorizationOptions
            {
                Authorizers =
                [
                    new("RBAC"),
                    new("Webhook") { Webhook = new AuthorizationWebhookOptions { KubeconfigFile = _hooks.Kubeconfig(options.DataDirectory, "/access"), Version = "v1", MatchConditions = ["!has(request.resourceAttributes) || request.resourceAttributes.namespace != 'kube-system'"] } },
                ],
            },
        };
    }

    private string? Answer(string path, string body)
    {
        if (_silent)
        {
            return null;
        }

        var review = (TreeMap)TreeJson.Parse(body);
        _asked.Add(review);
        return path == "/access"
            ? $$"""{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","status":{{_decision}}}"""
            : review.Map("spec")!.Text("token") == "from-elsewhere"
                ? """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","status":{"authenticated":true,"user":{"username":"carol","uid":"c-1","groups":["devs"],"extra":{"acme.com/k":["x"]}}}}"""
                : """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","status":{"authenticated":false}}""";
    }

    private async Task<TreeMap> WhoAmIAsync(string token)
    {
        var me = await _server.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", token: token);
        Assert.True(me.Code == 201, me.Text);
        return me.Body.Map("status")!.Map("userInfo")!;
    }

    private static X509Certificate2 Exportable(IssuedCertificate issued) => issued.ToCertificate();
}
