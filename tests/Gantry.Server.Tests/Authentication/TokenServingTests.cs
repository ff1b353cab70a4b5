using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Authentication;

/// <summary>Tokens of service accounts through the whole server.</summary>
[Collection(SharedServer.Name)]
public sealed class TokenServingTests(RunningServer server)
{
    private const string Audience = "https://kubernetes.default.svc.cluster.local";

    [Fact]
    public async Task A_token_bound_to_a_pod_says_where_the_pod_runs_and_dies_with_it()
    {
        var ns = await server.NamespaceAsync();
        var node = server.Name("node");
        var nodeUid = (await server.PostAsync("/api/v1/nodes", $$$"""{"metadata":{"name":"{{{node}}}"}}""")).Metadata.Text("uid");
        await AccountAsync(ns);
        var pod = await server.PostAsync($"/api/v1/namespaces/{ns}/pods",
            $$$"""{"metadata":{"name":"web"},"spec":{"serviceAccountName":"robot","nodeName":"{{{node}}}","containers":[{"name":"c","image":"i"}]}}""");
        Assert.True(pod.Code == 201, pod.Text);
        var token = await TokenAsync(ns, """{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"web"}}}""");

        var me = await server.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", token: token);
        var user = me.Body.Map("status")!.Map("userInfo")!;
        Assert.Equal($"system:serviceaccount:{ns}:robot", user.Text("username"));
        var extra = user.Map("extra")!;
        Assert.Equal([pod.Metadata.Text("uid")!], Texts(extra, "authentication.kubernetes.io/pod-uid"));
        Assert.Equal([node], Texts(extra, "authentication.kubernetes.io/node-name"));
        Assert.Equal([nodeUid!], Texts(extra, "authentication.kubernetes.io/node-uid"));
        Assert.StartsWith("JTI=", Texts(extra, "authentication.kubernetes.io/credential-id").Single(), StringComparison.Ordinal);

        Assert.Equal(200, (await server.DeleteAsync($"/api/v1/namespaces/{ns}/pods/web?gracePeriodSeconds=0")).Code);
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/version", token: token)).Code);
        Assert.Equal("[invalid bearer token, service account token has been invalidated]", (await ReviewAsync(token)).Text("error"));
    }

    [Theory]
    [InlineData("""{"spec":{"expirationSeconds":599}}""", 422, "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes")]
    [InlineData("""{"metadata":{"name":"other"}}""", 422, "TokenRequest.authentication.k8s.io \"robot\" is invalid: metadata.name: Invalid value: \"other\": must match the service account name if specified")]
    [InlineData("""{"spec":{"boundObjectRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"}}}""", 400, "cannot bind token to object of type apps/v1, Kind=Deployment")]
    [InlineData("""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"x"}}}""", 404, "pods \"x\" not found")]
    [InlineData("""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Secret"}}}""", 400, "Name parameter required.")]
    [InlineData("""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Secret","name":"held","uid":"else"}}}""", 409, "Operation cannot be fulfilled on Secret \"held\": the UID in the bound object reference (else) does not match the UID in record. The object might have been deleted and then recreated")]
    public async Task A_token_request_that_cannot_be_met_is_refused_in_the_usual_words(string request, int code, string message)
    {
        var ns = await server.NamespaceAsync();
        await AccountAsync(ns);
        _ = await server.PostAsync($"/api/v1/namespaces/{ns}/secrets", """{"metadata":{"name":"held"}}""");
        var answer = await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/robot/token", request);
        Assert.Equal((code, message), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_token_review_tells_the_audiences_that_both_sides_know()
    {
        var ns = await server.NamespaceAsync();
        await AccountAsync(ns);
        var token = await TokenAsync(ns, """{"spec":{"audiences":["vault","wiki"]}}""");
        var good = await ReviewAsync(token, "wiki", "else");
        Assert.True(((TreeBool)good["authenticated"]!).Value);
        Assert.Equal(["wiki"], Texts(good, "audiences"));
        Assert.Contains("system:authenticated", Texts(good.Map("user")!, "groups"));
        var bad = await ReviewAsync(token);
        Assert.Null(bad["authenticated"]);
        Assert.Equal($"[invalid bearer token, token audiences [\"vault\" \"wiki\"] is invalid for the target audiences [\"{Audience}\"]]", bad.Text("error"));
    }

    [Fact]
    public async Task A_token_that_nobody_knows_is_an_invalid_bearer_token() => Assert.Equal("invalid bearer token", (await ReviewAsync("guess")).Text("error"));

    [Fact]
    public async Task A_static_token_is_for_the_api_server_alone()
    {
        Assert.Equal([Audience], Texts(await ReviewAsync("nobody"), "audiences"));
        Assert.Equal("invalid bearer token", (await ReviewAsync("nobody", "vault")).Text("error"));
    }

    [Fact]
    public async Task A_token_in_a_secret_works_and_the_secret_shows_when()
    {
        var ns = await server.NamespaceAsync();
        await AccountAsync(ns);
        var account = (await server.Server.Client.GetAsync<V1ServiceAccount>(ns, "robot"))!;
        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "kept", Namespace = ns }, Type = "kubernetes.io/service-account-token" };
        var token = server.Server.SecretToken(account, secret);
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/secrets",
            $$$"""{"metadata":{"name":"kept","annotations":{"kubernetes.io/service-account.name":"robot"}},"type":"kubernetes.io/service-account-token","data":{"token":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(token))}}}"}}""");
        Assert.True(made.Code == 201, made.Text);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/version", token: token)).Code);
        Assert.NotNull((await server.GetAsync($"/api/v1/namespaces/{ns}/secrets/kept")).Metadata.Map("labels")?.Text("kubernetes.io/legacy-token-last-used"));

        // Who still uses one that was made by itself is told.
        Assert.Equal(200, (await server.MergeAsync($"/api/v1/namespaces/{ns}/serviceaccounts/robot", """{"secrets":[{"name":"kept"}]}""")).Code);
        Assert.Equal(
            ["299 - \"Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.\""],
            (await server.SendAsync(HttpMethod.Get, "/version", token: token)).Warnings);
    }

    [Fact]
    public async Task Others_find_the_keys_by_a_document_that_may_be_kept()
    {
        using var configuration = await server.Http.GetAsync("/.well-known/openid-configuration");
        Assert.Equal("application/json", configuration.Content.Headers.ContentType!.MediaType);
        Assert.Equal("public, max-age=3600", configuration.Headers.CacheControl!.ToString());
        var document = (TreeMap)TreeJson.Parse(await configuration.Content.ReadAsStringAsync());
        Assert.EndsWith($":{server.Server.Address.Port}/openid/v1/jwks", document.Text("jwks_uri"), StringComparison.Ordinal);
        using var keys = await server.Http.GetAsync("/openid/v1/jwks");
        Assert.Equal("application/jwk-set+json", keys.Content.Headers.ContentType!.MediaType);
        var key = (TreeMap)((TreeMap)TreeJson.Parse(await keys.Content.ReadAsStringAsync())).List("keys")!.Single();
        Assert.Equal(("sig", "EC", "P-256", "ES256"), (key.Text("use"), key.Text("kty"), key.Text("crv"), key.Text("alg")));
    }

    private async Task AccountAsync(string ns)
    {
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        Assert.True(made.Code == 201, made.Text);
    }

    private async Task<string> TokenAsync(string ns, string request)
    {
        var issued = await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/robot/token", request);
        Assert.True(issued.Code == 201, issued.Text);
        return issued.Body.Map("status")!.Text("token")!;
    }

    private async Task<TreeMap> ReviewAsync(string token, params string[] audiences)
    {
        var named = string.Join(',', audiences.Select(a => $"\"{a}\""));
        var review = await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}","audiences":[{{{named}}}]}}""");
        Assert.True(review.Code == 201, review.Text);
        return review.Body.Map("status")!;
    }

    private static IEnumerable<string> Texts(TreeMap map, string key) => map.List(key)!.Select(t => ((TreeString)t).Value);
}
