using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>What people type. Logs, exec and everything else that wants a running container is in the tests of the node and of the whole cluster.</summary>
[Collection(SharedCluster.Name)]
public sealed class KubectlTests(SimulatedCluster cluster)
{
    private const string Controller = """
        {"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"primary","labels":{"app":"agnhost","role":"primary"}},"spec":{"replicas":1,"selector":{"app":"agnhost","role":"primary"},
        "template":{"metadata":{"labels":{"app":"agnhost","role":"primary"}},"spec":{"containers":[{"name":"agnhost-primary","image":"none:1","ports":[{"name":"server","containerPort":6379}]}]}}}}
        """;

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl api-versions should check if v1 is in available api versions")]
    public async Task Versions_are_listed() => Assert.Contains("v1", (await cluster.KubectlWorksAsync("api-versions")).Split('\n'));

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info")]
    public async Task The_control_plane_is_named()
    {
        var text = await cluster.KubectlWorksAsync("cluster-info");
        Assert.Contains("Kubernetes control plane", text, StringComparison.Ordinal);
        Assert.Contains("is running at", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl version should check is all data is printed")]
    public async Task Both_versions_are_told_in_full()
    {
        var version = JsonNode.Parse(await cluster.KubectlWorksAsync("version -o json"))!;
        foreach (var member in (string[])["major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform"])
        {
            Assert.NotEqual("", version.Text("clientVersion." + member));
            Assert.False(string.IsNullOrEmpty(version.Text("serverVersion." + member)), member);
        }
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl describe should check if kubectl describe prints relevant information for rc and pods")]
    public async Task Describe_tells_what_there_is_to_know()
    {
        var ns = await RunningAsync();
        await cluster.KubectlWorksAsync($"expose rc primary --namespace={ns} --port=6379 --name=primary");
        Says(await cluster.KubectlWorksAsync($"describe pods --namespace={ns}"),
            "Name:", "primary-", "Namespace:", ns, "Node:", "Labels:", "app=agnhost", "role=primary", "Annotations:", "Status:", "Running", "IP:", "Controlled By:", "ReplicationController/primary", "Image:", "none:1", "State:", "QoS Class:", "BestEffort");
        Says(await cluster.KubectlWorksAsync($"describe rc primary --namespace={ns}"), "Name:", "primary", "Selector:", "app=agnhost,role=primary", "Labels:", "Annotations:", "Replicas:", "1 current", "1 desired", "Pods Status:", "1 Running", "Pod Template:", "Image:", "Events:");
        Says(await cluster.KubectlWorksAsync($"describe service primary --namespace={ns}"), "Name:", "Namespace:", "Labels:", "Annotations:", "Selector:", "app=agnhost", "Type:", "ClusterIP", "IP:", "Port:", "6379/TCP", "Endpoints:", "Session Affinity:");
        Says(await cluster.KubectlWorksAsync("describe node hollow-0"), "Name:", "Labels:", "Annotations:", "CreationTimestamp:", "Conditions:", "Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message", "Addresses:", "Capacity:", "Version:", "Kubelet Version:", "Pods:");
        Says(await cluster.KubectlWorksAsync($"describe namespace {ns}"), "Name:", ns, "Labels:", "Annotations:", "Status:", "Active", "No resource quota", "No LimitRange resource");
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl diff should check if kubectl diff finds a difference for Deployments")]
    public async Task Diff_shows_the_image_that_would_change()
    {
        var ns = await cluster.NamespaceAsync();
        const string Deployment = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"httpd:2"}]}}}}""";
        await cluster.KubectlWorksAsync($"create --namespace={ns} -f -", Deployment);
        var (code, output, _) = await cluster.KubectlAsync($"diff --namespace={ns} -f -", Deployment.Replace("httpd:2", "busybox:1", StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Matches(@"(?m)^-\s+- image: httpd:2$", output);
        Assert.Matches(@"(?m)^\+\s+- image: busybox:1$", output);
        Assert.Equal("httpd:2", (await cluster.GetAsync($"/apis/apps/v1/namespaces/{ns}/deployments/web")).Text("spec.template.spec.containers.0.image"));
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl expose should create services for rc")]
    public async Task Expose_makes_services_with_endpoints()
    {
        var ns = await RunningAsync();
        await cluster.KubectlWorksAsync($"expose rc primary --name=rm2 --port=1234 --target-port=6379 --namespace={ns}");
        await EndpointAsync(ns, "rm2", 1234);
        await cluster.KubectlWorksAsync($"expose service rm2 --name=rm3 --port=2345 --target-port=6379 --namespace={ns}");
        await EndpointAsync(ns, "rm3", 2345);
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl label should update the label on a resource")]
    public async Task Label_sets_and_takes_away()
    {
        var ns = await RunningAsync();
        var pod = (await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 1))[0].Name();
        await cluster.KubectlWorksAsync($"label pods {pod} testing-label=testing-label-value --namespace={ns}");
        Assert.Contains("testing-label-value", await cluster.KubectlWorksAsync($"get pod {pod} -L testing-label --namespace={ns}"), StringComparison.Ordinal);
        await cluster.KubectlWorksAsync($"label pods {pod} testing-label- --namespace={ns}");
        Assert.DoesNotContain("testing-label-value", await cluster.KubectlWorksAsync($"get pod {pod} -L testing-label --namespace={ns}"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl patch should add annotations for pods in rc")]
    public async Task Patch_annotates_running_pods()
    {
        var ns = await RunningAsync();
        var pod = (await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 1))[0].Name();
        await cluster.KubectlWorksAsync($$$"""patch pod {{{pod}}} --namespace={{{ns}}} -p '{"metadata":{"annotations":{"x":"y"}} }'""");
        Assert.Equal("y", (await cluster.GetAsync($"/api/v1/namespaces/{ns}/pods/{pod}")).Text("metadata.annotations.x"));
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Kubectl replace should update a single-container pod's image")]
    [Trait("Conformance", "Kubectl client Kubectl run pod should create a pod from an image when restart is Never")]
    [Trait("Conformance", "Kubectl client Kubectl server-side dry-run should check if kubectl can dry-run update Pods")]
    public async Task A_pod_is_run_patched_for_trial_and_replaced()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/pods/web";
        await cluster.KubectlWorksAsync($"run web --image=httpd:2 --restart=Never --labels=run=web --namespace={ns}");
        var pod = await cluster.UntilAsync(path, p => p.Text("status.phase") == "Running");
        Assert.Equal(("httpd:2", "Never"), (pod.Text("spec.containers.0.image"), pod.Text("spec.restartPolicy")));
        await cluster.KubectlWorksAsync($$$"""patch pod web --namespace={{{ns}}} --dry-run=server -p '{"spec":{"containers":[{"name":"web","image":"busybox:1"}]}}'""");
        Assert.Equal("httpd:2", (await cluster.GetAsync(path)).Text("spec.containers.0.image"));
        var json = await cluster.KubectlWorksAsync($"get pod web --namespace={ns} -o json");
        await cluster.KubectlWorksAsync($"replace --namespace={ns} -f -", json.Replace("httpd:2", "busybox:1", StringComparison.Ordinal));
        Assert.Equal("busybox:1", (await cluster.GetAsync(path)).Text("spec.containers.0.image"));
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Update Demo should create and stop a replication controller")]
    [Trait("Conformance", "Kubectl client Update Demo should scale a replication controller")]
    public async Task A_replication_controller_is_made_scaled_and_stopped()
    {
        var ns = await RunningAsync();
        foreach (var replicas in (int[])[2, 1, 2])
        {
            await cluster.KubectlWorksAsync($"scale rc primary --replicas={replicas} --timeout=5m --namespace={ns}");
            await cluster.UntilAsync($"/api/v1/namespaces/{ns}/pods", list => list["items"]!.AsArray().Count(p => p.At("metadata.deletionTimestamp") is null && p.Text("status.phase") == "Running") == replicas);
        }

        await cluster.KubectlWorksAsync($"delete rc primary --namespace={ns}");
        await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 0);
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Proxy server should support proxy with --port 0")]
    public async Task The_proxy_takes_a_port_of_its_own()
    {
        using var proxy = cluster.StartKubectl("proxy --port=0 --disable-filter=true");
        try
        {
            var line = await proxy.StandardOutput.ReadLineAsync();
            using var http = new HttpClient { BaseAddress = new Uri("http://" + line!["Starting to serve on ".Length..]) };
            var versions = JsonNode.Parse(await http.GetStringAsync(new Uri("api/", UriKind.Relative)))!["versions"]!.AsArray();
            Assert.NotEmpty(versions);
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync();
        }
    }

    [Fact]
    [Trait("Conformance", "Kubectl client Proxy server should support --unix-socket=/path ")]
    public async Task The_proxy_takes_a_socket()
    {
        var socket = Path.Combine(cluster.Folder, "proxy.sock");
        using var proxy = cluster.StartKubectl($"proxy --unix-socket={socket}");
        try
        {
            Assert.StartsWith("Starting to serve on", await proxy.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            using var http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var connection = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
                    await connection.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket), cancellation);
                    return new System.Net.Sockets.NetworkStream(connection, ownsSocket: true);
                },
            });
            Assert.NotEmpty(JsonNode.Parse(await http.GetStringAsync(new Uri("http://localhost/api/")))!["versions"]!.AsArray());
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync();
        }
    }

    private static void Says(string text, params string[] parts) => Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));

    private async Task<string> RunningAsync()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.KubectlWorksAsync($"create --namespace={ns} -f -", Controller);
        await cluster.UntilAsync($"/api/v1/namespaces/{ns}/replicationcontrollers/primary", rc => rc.Number("status.readyReplicas") == 1);
        return ns;
    }

    private async Task EndpointAsync(string ns, string service, int port)
    {
        await cluster.UntilAsync($"/api/v1/namespaces/{ns}/endpoints/{service}", e => e.Number("subsets.0.ports.0.port") == 6379);
        var made = await cluster.GetAsync($"/api/v1/namespaces/{ns}/services/{service}");
        Assert.Equal((port, 6379), (made.Number("spec.ports.0.port"), made.Number("spec.ports.0.targetPort")));
    }
}
