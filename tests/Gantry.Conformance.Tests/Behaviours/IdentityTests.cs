using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Service accounts, their tokens, and questions about who may do what.</summary>
[Collection(SharedCluster.Name)]
public sealed class IdentityTests(SimulatedCluster cluster)
{
    [Fact]
    [Trait("Conformance", "ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview")]
    public async Task A_token_is_reviewed_as_its_account()
    {
        var ns = await cluster.NamespaceAsync();
        var account = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var token = (await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts/robot/token", """{"spec":{}}""")).Text("status.token");
        var review = await cluster.DoAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""");
        Assert.True((bool)review.At("status.authenticated")!);
        Assert.Null(review.At("status.error"));
        Assert.Equal($"system:serviceaccount:{ns}:robot", review.Text("status.user.username"));
        Assert.Equal(account.Uid(), review.Text("status.user.uid"));
        Assert.Equal(["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"], review.At("status.user.groups")!.AsArray().Select(g => (string)g!));
        var wrong = await cluster.DoAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", """{"spec":{"token":"not.a.token"}}""");
        Assert.Null(wrong.At("status.authenticated"));
    }

    [Fact]
    [Trait("Conformance", "ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace")]
    public async Task Every_namespace_has_the_authority_and_gets_it_back()
    {
        var path = $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/configmaps/kube-root-ca.crt";
        static bool Whole(JsonObject map) => map["data"]?["ca.crt"] is { } pem && ((string)pem!).StartsWith("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal);
        var first = await cluster.UntilAsync(path, Whole);
        await cluster.DeleteAsync(path);
        await cluster.UntilAsync(path, map => Whole(map) && map.Uid() != first.Uid());
        await cluster.MergeAsync(path, """{"data":{"ca.crt":""}}""");
        await cluster.UntilAsync(path, Whole);
    }

    [Fact]
    [Trait("Conformance", "ServiceAccounts should run through the lifecycle of a ServiceAccount")]
    public async Task An_account_lives()
    {
        var ns = await cluster.NamespaceAsync();
        var list = $"/api/v1/namespaces/{ns}/serviceaccounts";
        using var watch = await cluster.WatchAsync(list + "?watch=true&labelSelector=static%3Dyes");
        await cluster.DoAsync("POST", list, """{"metadata":{"name":"robot","labels":{"static":"yes"}}}""");
        Assert.Equal("robot", (await watch.NextAsync("ADDED")).Name());
        await cluster.DoAsync("PATCH", list + "/robot", """{"automountServiceAccountToken":false}""", "application/strategic-merge-patch+json");
        Assert.False((bool)(await watch.NextAsync("MODIFIED"))["automountServiceAccountToken"]!);
        Assert.False((bool)(await cluster.GetAsync("/api/v1/serviceaccounts?labelSelector=static%3Dyes")).At("items.0.automountServiceAccountToken")!);
        await cluster.DeleteAsync(list + "?labelSelector=static%3Dyes");
        await watch.NextAsync("DELETED");
    }

    [Fact]
    [Trait("Conformance", "ServiceAccounts should update a ServiceAccount")]
    public async Task An_account_is_updated()
    {
        var list = $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/serviceaccounts";
        var made = await cluster.DoAsync("POST", list, """{"metadata":{"name":"robot"}}""");
        made["automountServiceAccountToken"] = true;
        await cluster.DoAsync("PUT", list + "/robot", made.ToJsonString());
        Assert.True((bool)(await cluster.GetAsync(list + "/robot"))["automountServiceAccountToken"]!);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, null, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [Trait("Conformance", "ServiceAccounts should allow opting out of API token automount")]
    public async Task A_pod_is_asked_before_its_account_whether_it_wants_a_token(bool? pod, bool? account, bool mounted)
    {
        var ns = await cluster.NamespaceAsync();
        var robot = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "robot" } };
        if (account is not null)
        {
            robot["automountServiceAccountToken"] = account;
        }

        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts", robot.ToJsonString());
        var body = JsonNode.Parse("""{"metadata":{"name":"p"},"spec":{"serviceAccountName":"robot","containers":[{"name":"c","image":"none"}]}}""")!;
        if (pod is not null)
        {
            body["spec"]!["automountServiceAccountToken"] = pod;
        }

        var made = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/pods", body.ToJsonString());
        Assert.Equal(mounted ? "/var/run/secrets/kubernetes.io/serviceaccount" : null, made.Text("spec.containers.0.volumeMounts.0.mountPath"));
        Assert.Equal(mounted, made.At("spec.volumes.0.projected.sources") is JsonArray { Count: 3 });
    }

    [Fact]
    [Trait("Conformance", "ServiceAccounts ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer")]
    public async Task A_token_can_be_checked_with_what_its_issuer_publishes()
    {
        var ns = await cluster.NamespaceAsync();
        var token = (await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts/default/token", """{"spec":{"audiences":["checker"]}}""")).Text("status.token")!;
        var parts = token.Split('.');
        var header = JsonNode.Parse(Decoded(parts[0]))!;
        var claims = JsonNode.Parse(Decoded(parts[1]))!;

        // As the account itself: every account may read what the issuer publishes.
        var (code, found) = await cluster.SendAsync("GET", "/.well-known/openid-configuration", token: (await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts/default/token", """{"spec":{}}""")).Text("status.token"));
        Assert.Equal(200, code);
        Assert.Equal(claims.Text("iss"), found.Text("issuer"));
        var keys = await cluster.GetAsync(new Uri(found.Text("jwks_uri")!).AbsolutePath);
        var key = keys["keys"]!.AsArray().Single(k => k.Text("kid") == header.Text("kid"))!;
        Assert.Contains(header.Text("alg"), found["id_token_signing_alg_values_supported"]!.AsArray().Select(a => (string?)a));
        Assert.True(Verifies(key, header.Text("alg")!, $"{parts[0]}.{parts[1]}", Decoded(parts[2])));
        Assert.Equal($"system:serviceaccount:{ns}:default", claims.Text("sub"));
    }

    [Fact]
    [Trait("Conformance", "SubjectReview should support SubjectReview API operations")]
    public async Task Reviews_say_what_the_subject_may_do()
    {
        var ns = await cluster.NamespaceAsync();
        var user = $"system:serviceaccount:{ns}:robot";
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        await cluster.DoAsync("POST", $"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings",
            $$$"""{"metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"{{{ns}}}"}]}""");
        foreach (var (verb, allowed) in (IEnumerable<(string, bool)>)[("list", true), ("create", false)])
        {
            var spec = $$$"""{"spec":{"user":"{{{user}}}","resourceAttributes":{"verb":"{{{verb}}}","resource":"configmaps","namespace":"{{{ns}}}","version":"v1"}} }""";
            Assert.Equal(allowed, (bool)(await cluster.DoAsync("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", spec)).At("status.allowed")!);
            Assert.Equal(allowed, (bool)(await cluster.DoAsync("POST", $"/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews",
                spec.Replace("{\"spec\"", $"{{\"metadata\":{{\"namespace\":\"{ns}\"}},\"spec\"", StringComparison.Ordinal))).At("status.allowed")!);
        }

        var token = (await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/serviceaccounts/robot/token", """{"spec":{}}""")).Text("status.token");
        Assert.Equal(200, (await cluster.SendAsync("GET", $"/api/v1/namespaces/{ns}/configmaps", token: token)).Code);
        Assert.Equal(403, (await cluster.SendAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"m"}}""", token: token)).Code);
    }

    [Fact]
    [Trait("Conformance", "Conformance Tests should have at least two untainted nodes")]
    public async Task Two_nodes_take_pods()
    {
        var ready = await cluster.UntilAsync("/api/v1/nodes", list => list["items"]!.AsArray().Count(n => n.At("spec.taints") is not JsonArray { Count: > 0 }) >= 2);
        Assert.Equal(3, ready["items"]!.AsArray().Count);
    }

    private static byte[] Decoded(string part) => System.Buffers.Text.Base64Url.DecodeFromChars(part);

    private static bool Verifies(JsonNode key, string algorithm, string text, byte[] signature)
    {
        var data = System.Text.Encoding.ASCII.GetBytes(text);
        if (algorithm == "RS256")
        {
            using var rsa = System.Security.Cryptography.RSA.Create(new System.Security.Cryptography.RSAParameters { Modulus = Decoded(key.Text("n")!), Exponent = Decoded(key.Text("e")!) });
            return rsa.VerifyData(data, signature, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        }

        using var curve = System.Security.Cryptography.ECDsa.Create(new System.Security.Cryptography.ECParameters
        {
            Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256, Q = new() { X = Decoded(key.Text("x")!), Y = Decoded(key.Text("y")!) },
        });
        return algorithm == "ES256" && curve.VerifyData(data, signature, System.Security.Cryptography.HashAlgorithmName.SHA256);
    }
}
