using System.Net;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Admission;
using Gantry.Server.Requests;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Admission;

public sealed class AdmissionOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-admission-").FullName;

    [Fact]
    public async Task A_file_says_what_pods_without_labels_are_held_to_and_who_is_exempt()
    {
        var options = new AdmissionOptions { ConfigFile = Write("""
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: PodSecurity
              configuration:
                apiVersion: pod-security.admission.config.k8s.io/v1
                kind: PodSecurityConfiguration
                defaults: {enforce: baseline, enforce-version: v1.30}
                exemptions: {usernames: [mighty], namespaces: [open], runtimeClasses: [sandbox]}
            """) };
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using var server = await StartAsync(options, store);
        foreach (var ns in new[] { "open", "closed" })
        {
            (await server.Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = ns } })).Require();
            (await server.Client.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "default", Namespace = ns } })).Require();
        }

        var refused = await server.Client.CreateAsync(Pod("closed", "a"));
        Assert.Contains("violates PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true)", refused.Error!.Message);
        Assert.True((await server.Client.CreateAsync(Pod("open", "a"))).Ok);
        var mighty = server.Client.As(new UserInfo { Name = "mighty", Groups = [UserInfo.MastersGroup, UserInfo.AuthenticatedGroup] });
        Assert.True((await mighty.CreateAsync(Pod("closed", "b"))).Ok);
    }

    [Fact]
    public async Task What_is_limited_by_a_file_needs_a_quota_that_speaks_of_it()
    {
        var options = new AdmissionOptions { Disabled = ["ServiceAccount"], ConfigFile = Write("""
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: ResourceQuota
              configuration:
                apiVersion: apiserver.config.k8s.io/v1
                kind: ResourceQuotaConfiguration
                limitedResources:
                - {resource: services, matchContains: [services.loadbalancers]}
                - {resource: pods, matchScopes: [{scopeName: PriorityClass, operator: In, values: [system-node-critical]}]}
            """) };
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using var server = await StartAsync(options, store);
        var balancer = new V1Service
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "s" }, Spec = new V1ServiceSpec { Type = "LoadBalancer", Ports = [new V1ServicePort { Port = 1 }] },
        };
        var critical = new V1Pod
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "p" },
            Spec = new V1PodSpec { PriorityClassName = "system-node-critical", Containers = [new V1Container { Name = "c", Image = "i" }] },
        };

        Assert.Equal("services \"s\" is forbidden: insufficient quota to consume: services.loadbalancers", (await server.Client.CreateAsync(balancer)).Error!.Message);
        Assert.True((await server.Client.CreateAsync(balancer with { Spec = balancer.Spec with { Type = "NodePort" }, Metadata = balancer.Metadata with { Name = "free" } })).Ok);
        var refused = (await server.Client.CreateAsync(critical)).Error!;
        Assert.Equal((500, "insufficient quota to match these scopes: [{PriorityClass In [system-node-critical]}]"), (refused.Code, refused.Message));

        var hard = new Dictionary<string, Gantry.Api.Quantity> { ["services.loadbalancers"] = Gantry.Api.Quantity.FromValue(1) };
        var quota = (await server.Client.CreateAsync(new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "q" }, Spec = new V1ResourceQuotaSpec { Hard = hard },
        })).Require();
        await server.Client.UpdateAsync(quota with { Status = new V1ResourceQuotaStatus { Hard = hard, Used = new Dictionary<string, Gantry.Api.Quantity> { ["services.loadbalancers"] = Gantry.Api.Quantity.FromValue(0) } } }, "status");
        (await server.Client.CreateAsync(new V1ResourceQuota
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "scoped" },
            Spec = new V1ResourceQuotaSpec
            {
                ScopeSelector = new V1ScopeSelector
                {
                    MatchExpressions = [new V1ScopedResourceSelectorRequirement { ScopeName = "PriorityClass", Operator = "In", Values = ["system-node-critical"] }],
                },
            },
        })).Require();

        Assert.Null((await server.Client.CreateAsync(balancer)).Error);
        Assert.Null((await server.Client.CreateAsync(critical)).Error);
    }

    [Fact]
    public async Task Owners_are_guarded_only_where_an_option_says_so()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using var server = await StartAsync(new AdmissionOptions { Enabled = ["OwnerReferencesPermissionEnforcement"], Disabled = ["ServiceAccount"] }, store);
        (await server.Client.CreateAsync(new V1ClusterRole
        {
            Metadata = new V1ObjectMeta { Name = "maker" },
            Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["configmaps"], Verbs = ["create", "delete"] }],
        })).Require();
        (await server.Client.CreateAsync(new V1ClusterRoleBinding
        {
            Metadata = new V1ObjectMeta { Name = "maker" },
            RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "maker" },
            Subjects = [new RbacV1Subject { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = "maker" }],
        })).Require();
        var maker = server.Client.As(new UserInfo { Name = "maker", Groups = [UserInfo.AuthenticatedGroup] });

        Assert.True((await maker.CreateAsync(Owned("a", blocks: false))).Ok);
        var refused = await maker.CreateAsync(Owned("b", blocks: true));
        Assert.True(refused.Error!.IsForbidden);
        Assert.StartsWith("configmaps \"b\" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ", refused.Error.Message);
    }

    [Fact]
    public async Task Images_are_always_pulled_where_an_option_says_so()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        var pod = Pod("default", "p");
        pod = pod with { Spec = pod.Spec with { InitContainers = [new V1Container { Name = "i", Image = "i:1" }], Containers = [new V1Container { Name = "c", Image = "i:1", ImagePullPolicy = "Never" }] } };
        await using (var lax = await StartAsync(new AdmissionOptions { Disabled = ["ServiceAccount"] }, store))
        {
            (await lax.Client.CreateAsync(pod)).Require();
        }

        await using var server = await StartAsync(new AdmissionOptions { Enabled = ["AlwaysPullImages"], Disabled = ["ServiceAccount"] }, store);
        var made = (await server.Client.CreateAsync(pod with { Metadata = pod.Metadata with { Name = "q" } })).Require();
        Assert.Equal(["Always", "Always"], made.Spec.InitContainers.Concat(made.Spec.Containers).Select(c => c.ImagePullPolicy));

        // What runs already stays as it is, as long as no new image comes.
        var old = (await server.Client.GetAsync<V1Pod>("default", "p"))!;
        var labelled = (await server.Client.UpdateAsync(old with { Metadata = old.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } } })).Require();
        Assert.Equal("Never", labelled.Spec.Containers[0].ImagePullPolicy);
        var renewed = await server.Client.UpdateAsync(labelled with { Spec = labelled.Spec with { Containers = [labelled.Spec.Containers[0] with { Image = "i:2" }] } });
        Assert.Contains("pod updates may not change fields other than", renewed.Error!.Message);
    }

    [Fact]
    public async Task Devices_addresses_and_distances_are_looked_after_where_an_option_says_so()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using var server = await StartAsync(
            new AdmissionOptions { Enabled = ["ExtendedResourceToleration", "DenyServiceExternalIPs", "LimitPodHardAntiAffinityTopology"], Disabled = ["ServiceAccount"] }, store);
        var one = new Dictionary<string, Gantry.Api.Quantity> { ["b.io/gpu"] = Gantry.Api.Quantity.FromValue(1), ["a.io/nic"] = Gantry.Api.Quantity.FromValue(1), ["cpu"] = Gantry.Api.Quantity.FromValue(1) };
        var pod = Pod("default", "p");
        pod = pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = new V1ResourceRequirements { Limits = one } }] } };
        var made = (await server.Client.CreateAsync(pod)).Require();
        Assert.Equal(["a.io/nic Exists NoSchedule", "b.io/gpu Exists NoSchedule"], made.Spec.Tolerations.Where(t => t.Effect == "NoSchedule").Select(t => $"{t.Key} {t.Operator} {t.Effect}"));

        V1Pod Apart(string key) => pod with
        {
            Metadata = pod.Metadata with { Name = "q" },
            Spec = pod.Spec with { Affinity = new V1Affinity { PodAntiAffinity = new V1PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [new V1PodAffinityTerm { TopologyKey = key }] } } },
        };
        Assert.Equal("pods \"q\" is forbidden: affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed",
            (await server.Client.CreateAsync(Apart("zone"))).Error!.Message);
        Assert.Null((await server.Client.CreateAsync(Apart("kubernetes.io/hostname"))).Error);

        var service = new V1Service { Metadata = new V1ObjectMeta { Namespace = "default", Name = "s" }, Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 1 }] } };
        var refused = (await server.Client.CreateAsync(service with { Spec = service.Spec with { ExternalIPs = ["1.2.3.4"] } })).Error!;
        Assert.Equal((403, "services \"s\" is forbidden: Use of external IPs is denied by admission control"), (refused.Code, refused.Message));
        Assert.Null((await server.Client.CreateAsync(service)).Error);
    }

    [Fact]
    public async Task Pods_select_the_nodes_of_their_namespace()
    {
        var options = new AdmissionOptions { Enabled = ["PodNodeSelector"], Disabled = ["ServiceAccount"], ConfigFile = Write("""
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: PodNodeSelector
              configuration:
                podNodeSelectorPluginConfig:
                  clusterDefaultNodeSelector: "pool=common"
                  tight: "pool=own,disk=fast"
            """) };
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using var server = await StartAsync(options, store);
        foreach (var (ns, selector) in new[] { ("tight", "pool=own"), ("odd", "a=b=c"), ("worse", "a=-") })
        {
            var annotations = new Dictionary<string, string> { ["scheduler.alpha.kubernetes.io/node-selector"] = selector };
            (await server.Client.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = ns, Annotations = annotations } })).Require();
        }

        Assert.Equal("pool=common", await Selected("default", ""));
        Assert.Equal("disk=fast pool=common", await Selected("default", "disk"));
        Assert.Equal("pods \"p\" is forbidden: pod node label selector conflicts with its namespace node label selector", await Selected("default", "pool"));
        Assert.Equal("disk=fast pool=own", await Selected("tight", "disk"));
        Assert.Equal("pods \"p\" is forbidden: pod node label selector labels conflict with its namespace whitelist", await Selected("tight", "zone"));
        Assert.Equal("invalid selector: [a b c]", await Selected("odd", ""));
        Assert.StartsWith("[a]: Invalid value: \"-\": a valid label must be", await Selected("worse", ""));

        async Task<string> Selected(string ns, string key)
        {
            var pod = Pod(ns, "p" + (key.Length == 0 ? "0" : ""));
            var selector = new Dictionary<string, string>();
            if (key.Length > 0)
            {
                selector[key] = "fast";
            }

            var answer = await server.Client.CreateAsync(pod with { Spec = pod.Spec with { NodeSelector = selector } });
            return answer.Error?.Message ?? string.Join(' ', answer.Require().Spec.NodeSelector.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Key + "=" + s.Value));
        }
    }

    [Theory]
    [InlineData("Nonsense", "", "plugin \"Nonsense\" is unknown")]
    [InlineData("PodSecurity", "PodSecurity", "PodSecurity in enable-admission-plugins and disable-admission-plugins overlapped")]
    public void Names_that_mean_nothing_are_told(string enabled, string disabled, string fault)
    {
        var options = new AdmissionOptions { Enabled = [enabled], Disabled = disabled.Length > 0 ? [disabled] : [] };
        Assert.Equal(fault, Assert.Single(options.Check()).Fault);
    }

    [Fact]
    public void A_file_that_cannot_be_understood_is_told()
    {
        Assert.NotEmpty(new AdmissionOptions { ConfigFile = Path.Combine(_folder, "missing") }.Check());
        Assert.NotEmpty(new AdmissionOptions { ConfigFile = Write("kind: Other") }.Check());
        Assert.Equal("limitedResources[0].resource: Required value", Assert.Single(new AdmissionOptions { ConfigFile = Write("""
            {apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [{name: ResourceQuota, configuration:
              {apiVersion: apiserver.config.k8s.io/v1, kind: ResourceQuotaConfiguration, limitedResources: [{matchContains: [x]}]}}]}
            """) }.Check()).Fault);
        var level = new AdmissionOptions { ConfigFile = Write("""
            {apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [{name: PodSecurity, configuration:
              {apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration, defaults: {enforce: strict}}}]}
            """) };
        Assert.Equal("defaults[enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted", Assert.Single(level.Check()).Fault);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static V1Pod Pod(string ns, string name) => new()
    {
        Metadata = new V1ObjectMeta { Namespace = ns, Name = name },
        Spec = new V1PodSpec { HostNetwork = true, Containers = [new V1Container { Name = "c", Image = "i" }] },
    };

    private static V1ConfigMap Owned(string name, bool blocks) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Namespace = "default", Name = name, OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = "s", Uid = "u", BlockOwnerDeletion = blocks }],
        },
    };

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "file-" + Directory.GetFiles(_folder).Length);
        File.WriteAllText(file, text);
        return file;
    }

    private Task<ApiServer> StartAsync(AdmissionOptions options, IStore store) => ApiServer.StartAsync(
        new ApiServerOptions { DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), Admission = options },
        new ApiServerParts { Store = store, Logs = NullLoggerFactory.Instance });
}
