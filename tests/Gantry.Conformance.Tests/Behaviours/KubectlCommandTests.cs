using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>kubectl's less usual commands and flags do what its documentation says.</summary>
[Collection(SharedCluster.Name)]
public sealed class KubectlCommandTests(SimulatedCluster cluster)
{
    private static string Map(string name, string value, string labels = """{"made":"here"}""") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{"key":"{{{value}}}"}}""";

    [Fact]
    public async Task Apply_on_the_server_tells_conflicts_and_takes_over_when_forced()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"apply -n {ns} -f -", Map("m", "plain"));

        // What plain apply owned goes over to server-side apply without a conflict.
        Assert.Contains("serverside-applied", await cluster.KubectlWorksAsync($"apply -n {ns} --server-side -f -", Map("m", "mine")), StringComparison.Ordinal);
        var (code, _, errors) = await cluster.KubectlAsync($"apply -n {ns} --server-side --field-manager=other -f -", Map("m", "theirs"));
        Assert.Equal(1, code);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\"", errors, StringComparison.Ordinal);
        Assert.Contains(".data.key", errors, StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"apply -n {ns} --server-side --field-manager=other --force-conflicts -f -", Map("m", "theirs"));
        Assert.Equal("theirs", await cluster.KubectlWorksAsync($"get cm m -n {ns} -o jsonpath='{{.data.key}}'"));
    }

    [Fact]
    public async Task Apply_prunes_what_is_no_longer_named()
    {
        var ns = await cluster.NamespaceAsync();
        const string Labels = """{"app":"pruned"}""";
        await cluster.KubectlWorksAsync($"apply -n {ns} -f -", Map("one", "1", Labels) + "\n" + Map("two", "2", Labels));
        var said = await cluster.KubectlWorksAsync($"apply -n {ns} --prune -l app=pruned --prune-allowlist=core/v1/ConfigMap -f -", Map("one", "1", Labels));
        Assert.Contains("configmap/two pruned", said, StringComparison.Ordinal);
        Assert.Equal("configmap/one", (await cluster.KubectlWorksAsync($"get cm -n {ns} -l app=pruned -o name")).Trim());
    }

    [Fact]
    public async Task Replace_by_force_makes_the_object_anew()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create -n {ns} -f -", Map("m", "1"));
        var first = await cluster.KubectlWorksAsync($"get cm m -n {ns} -o jsonpath='{{.metadata.uid}}'");
        await cluster.KubectlWorksAsync($"replace -n {ns} --force -f -", Map("m", "2"));
        Assert.NotEqual(first, await cluster.KubectlWorksAsync($"get cm m -n {ns} -o jsonpath='{{.metadata.uid}}'"));
    }

    [Fact]
    public async Task Wait_waits_for_conditions_for_fields_and_for_the_end()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create deployment web -n {ns} --image=none --replicas=2");
        await cluster.KubectlWorksAsync($"wait deployment/web -n {ns} --for=condition=Available --timeout=60s");
        await cluster.KubectlWorksAsync($"wait deployment/web -n {ns} --for=jsonpath='{{.status.readyReplicas}}'=2 --timeout=60s");
        await cluster.KubectlWorksAsync($"wait pods -n {ns} -l app=web --for=jsonpath='{{.status.phase}}'=Running --timeout=60s");
        using var waiting = cluster.StartKubectl($"wait pods -n {ns} -l app=web --for=delete --timeout=60s");
        await cluster.KubectlWorksAsync($"delete deployment web -n {ns}");
        await waiting.WaitForExitAsync();
        Assert.Equal(0, waiting.ExitCode);
        var (code, _, errors) = await cluster.KubectlAsync($"wait deployment/web -n {ns} --for=condition=Available --timeout=1s");
        Assert.Equal(1, code);
        Assert.Contains("deployments.apps \"web\" not found", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_tells_what_happened_to_an_object()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create deployment web -n {ns} --image=none");
        await cluster.UntilAsync($"/api/v1/namespaces/{ns}/events?fieldSelector=involvedObject.kind%3DDeployment", list => list["items"]!.AsArray().Count > 0);
        var events = await cluster.KubectlWorksAsync($"events -n {ns} --for deployment/web");
        Assert.Contains("ScalingReplicaSet", events, StringComparison.Ordinal);
        Assert.Contains("ScalingReplicaSet", await cluster.KubectlWorksAsync($"events -n {ns} --types=Normal"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_adds_rules_and_subjects_and_says_what_it_did()
    {
        var ns = await cluster.NamespaceAsync();
        var role = $$$"""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"reader","namespace":"{{{ns}}}"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""";
        Assert.Contains("reconciled", await cluster.KubectlWorksAsync($"auth reconcile -n {ns} -f -", role), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"auth reconcile -n {ns} -f -", role.Replace("[\"get\"]", "[\"get\",\"list\"]", StringComparison.Ordinal));
        await cluster.KubectlWorksAsync($"create rolebinding reads -n {ns} --role=reader --serviceaccount={ns}:default");
        Assert.Equal("yes", (await cluster.KubectlWorksAsync($"auth can-i list pods -n {ns} --as=system:serviceaccount:{ns}:default")).Trim());
        Assert.Equal(1, (await cluster.KubectlAsync($"auth can-i delete pods -n {ns} --as=system:serviceaccount:{ns}:default")).Code);
        Assert.Contains("pods", await cluster.KubectlWorksAsync($"auth can-i --list -n {ns} --as=system:serviceaccount:{ns}:default"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_is_requested_approved_and_issued_or_denied()
    {
        var (name, other) = (cluster.Name("csr"), cluster.Name("csr"));
        foreach (var request in (string[])[name, other])
        {
            await cluster.KubectlWorksAsync("create -f -", $$$"""{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"{{{request}}}"},"spec":{{{Requests.ClientSpec(name: "jane")}}}}""");
        }

        await cluster.KubectlWorksAsync($"certificate approve {name}");
        var issued = await cluster.UntilAsync($"/apis/certificates.k8s.io/v1/certificatesigningrequests/{name}", c => c.Text("status.certificate") is not null);
        using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(issued.Text("status.certificate")!)));
        Assert.Equal("CN=jane", certificate.Subject);
        Assert.Contains("Approved,Issued", await cluster.KubectlWorksAsync($"get csr {name}"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"certificate deny {other}");
        Assert.Contains("Denied", await cluster.KubectlWorksAsync($"get csr {other}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_created_for_a_time_an_audience_and_an_object()
    {
        var ns = await cluster.NamespaceAsync();
        var token = (await cluster.KubectlWorksAsync($"create token default -n {ns} --duration=20m --audience=vault")).Trim();
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        Assert.Equal("vault", claims.Text("aud.0"));
        Assert.Equal(1200, claims.Number("exp") - claims.Number("iat"));
        var (code, _, errors) = await cluster.KubectlAsync($"create token default -n {ns} --duration=1m");
        Assert.Equal(1, code);
        Assert.Contains("may not specify a duration less than 10 minutes", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kubeconfig_is_shown_and_changed()
    {
        Assert.Contains(cluster.Address.GetLeftPart(UriPartial.Authority), await cluster.KubectlWorksAsync("config view --minify"), StringComparison.Ordinal);
        var context = (await cluster.KubectlWorksAsync("config current-context")).Trim();
        Assert.Contains(context, await cluster.KubectlWorksAsync("config get-contexts -o name"), StringComparison.Ordinal);
        Assert.Contains("unable to find any kubectl plugins", (await cluster.KubectlAsync("plugin list")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kustomization_is_built_applied_and_deleted()
    {
        var ns = await cluster.NamespaceAsync();
        var folder = Path.Combine(cluster.Folder, ns);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "kustomization.yaml"), $"namespace: {ns}\nnamePrefix: test-\nconfigMapGenerator:\n- name: generated\n  literals: [a=b]\nresources: [map.yaml]\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "map.yaml"), Map("plain", "1"));
        Assert.Contains("name: test-plain", await cluster.KubectlWorksAsync($"kustomize {folder}"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"apply -k {folder}");
        Assert.Contains("configmap/test-generated-", await cluster.KubectlWorksAsync($"get cm -n {ns} -o name"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"delete -k {folder}");
        Assert.Equal("configmap/kube-root-ca.crt", (await cluster.KubectlWorksAsync($"get cm -n {ns} -o name")).Trim());
    }

    [Fact]
    public async Task Raw_requests_go_through_unchanged()
    {
        Assert.Equal("ok", await cluster.KubectlWorksAsync("get --raw /readyz"));
        var ns = await cluster.NamespaceAsync();
        Assert.Contains("\"kind\":\"ConfigMap\"", await cluster.KubectlWorksAsync($"create --raw /api/v1/namespaces/{ns}/configmaps -f -", Map("m", "1")), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"replace --raw /api/v1/namespaces/{ns}/configmaps/m -f -", Map("m", "2"));
        await cluster.KubectlWorksAsync($"delete --raw /api/v1/namespaces/{ns}/configmaps/m");
    }

    [Theory]
    [InlineData("json", "\"key\": \"1\"")]
    [InlineData("yaml", "key: \"1\"")]
    [InlineData("name", "configmap/m")]
    [InlineData("wide", "m ")]
    [InlineData("jsonpath='{.data.key}'", "1")]
    [InlineData("jsonpath-as-json='{.data}'", "\"key\": \"1\"")]
    [InlineData("go-template='{{.data.key}}'", "1")]
    [InlineData("custom-columns='NAME:.metadata.name,KEY:.data.key'", "KEY")]
    public async Task Objects_are_printed_in_every_format(string format, string part)
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create -n {ns} -f -", Map("m", "1"));
        Assert.Contains(part, await cluster.KubectlWorksAsync($"get cm m -n {ns} -o {format}"), StringComparison.Ordinal);
        Assert.Contains("m", await cluster.KubectlWorksAsync($"get cm -n {ns} --sort-by=.metadata.name --show-labels --no-headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_come_in_chunks_and_are_watched()
    {
        var ns = await cluster.NamespaceAsync();
        for (var i = 0; i < 7; i++)
        {
            await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", Map($"m{i}", "1"));
        }

        Assert.Equal(8, (await cluster.KubectlWorksAsync($"get cm -n {ns} --chunk-size=3 --no-headers")).Trim().Split('\n').Length);
        using var watch = cluster.StartKubectl($"get cm -n {ns} --watch-only --output-watch-events -o name");
        try
        {
            // The watch is open when it shows something; until then it gets more to show.
            var line = watch.StandardOutput.ReadLineAsync();
            for (var i = 0; !line.IsCompleted; i++)
            {
                await cluster.MergeAsync($"/api/v1/namespaces/{ns}/configmaps/m0", $$$"""{"data":{"key":"{{{i}}}"}}""");
            }

            Assert.Contains("configmap/m0", await line, StringComparison.Ordinal);
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Subresources_are_read_and_written()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create deployment web -n {ns} --image=none");
        Assert.Contains("Scale", await cluster.KubectlWorksAsync($"get deployment web -n {ns} --subresource=scale -o yaml"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($$$"""patch deployment web -n {{{ns}}} --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'""");
        Assert.Equal("3", await cluster.KubectlWorksAsync($"get deployment web -n {ns} -o jsonpath='{{.spec.replicas}}'"));
        await cluster.KubectlWorksAsync($$$"""patch deployment web -n {{{ns}}} --subresource=status --type=merge -p '{"metadata":{"annotations":{"a":"b"}} }'""");
    }

    [Fact]
    public async Task Rollouts_are_shown_undone_paused_and_restarted()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create deployment web -n {ns} --image=none:1 --replicas=2");
        await cluster.KubectlWorksAsync($"rollout status deployment/web -n {ns} --timeout=60s");
        await cluster.KubectlWorksAsync($"set image deployment/web -n {ns} none=none:2");
        await cluster.KubectlWorksAsync($"rollout status deployment/web -n {ns} --timeout=60s");
        Assert.Contains("2", await cluster.KubectlWorksAsync($"rollout history deployment/web -n {ns}"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"rollout undo deployment/web -n {ns}");
        Assert.Equal("none:1", await cluster.KubectlWorksAsync($"get deployment web -n {ns} -o jsonpath='{{.spec.template.spec.containers[0].image}}'"));
        await cluster.KubectlWorksAsync($"rollout pause deployment/web -n {ns}");
        Assert.Equal(1, (await cluster.KubectlAsync($"rollout restart deployment/web -n {ns}")).Code);
        await cluster.KubectlWorksAsync($"rollout resume deployment/web -n {ns}");
        await cluster.KubectlWorksAsync($"rollout restart deployment/web -n {ns}");
        await cluster.KubectlWorksAsync($"rollout status deployment/web -n {ns} --timeout=60s");
    }

    [Fact]
    public async Task Nodes_are_cordoned_drained_and_tainted()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create deployment web -n {ns} --image=none --replicas=6");
        await cluster.KubectlWorksAsync($"rollout status deployment/web -n {ns} --timeout=60s");
        await cluster.KubectlWorksAsync("drain hollow-2 --ignore-daemonsets --force --delete-emptydir-data --timeout=60s");
        try
        {
            Assert.Contains("SchedulingDisabled", await cluster.KubectlWorksAsync("get node hollow-2"), StringComparison.Ordinal);
            var left = await cluster.GetAsync($"/api/v1/namespaces/{ns}/pods?fieldSelector=spec.nodeName%3Dhollow-2");
            Assert.All(left["items"]!.AsArray(), p => Assert.NotNull(p.At("metadata.deletionTimestamp")));
        }
        finally
        {
            await cluster.KubectlWorksAsync("uncordon hollow-2");
        }

        await cluster.KubectlWorksAsync("taint node hollow-2 test=yes:PreferNoSchedule");
        Assert.Equal("yes", await cluster.KubectlWorksAsync("get node hollow-2 -o jsonpath='{.spec.taints[0].value}'"));
        await cluster.KubectlWorksAsync("taint node hollow-2 test-");
    }

    [Fact]
    public async Task Every_resource_is_explained_with_every_field()
    {
        var versions = (await cluster.GetAsync("/apis"))["groups"]!.AsArray().Select(g => g.Text("preferredVersion.groupVersion")!).Where(v => !v.Contains("example.com", StringComparison.Ordinal)).Prepend("v1");
        foreach (var version in versions)
        {
            var path = version == "v1" ? "/api/v1" : "/apis/" + version;
            foreach (var resource in (await cluster.GetAsync(path))["resources"]!.AsArray().Select(r => r.Text("name")!).Where(r => !r.Contains('/', StringComparison.Ordinal)))
            {
                Assert.Contains("KIND:", await cluster.KubectlWorksAsync($"explain {resource} --api-version={version} --recursive"), StringComparison.Ordinal);
            }
        }

        Assert.Contains("imagePullPolicy", await cluster.KubectlWorksAsync("explain pod.spec.containers"), StringComparison.Ordinal);
    }
}
