using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Tests.Pods;

namespace Gantry.Node.Tests.Containers;

public sealed class A_containers_environment
{
    private static readonly V1Service Web = new()
    {
        Metadata = new V1ObjectMeta { Name = "my-web", Namespace = "default" },
        Spec = new V1ServiceSpec { ClusterIP = "10.43.0.9", Ports = [new V1ServicePort { Name = "http", Port = 80, Protocol = "TCP" }] },
    };

    private static readonly V1Service Api = new()
    {
        Metadata = new V1ObjectMeta { Name = "kubernetes", Namespace = "default" },
        Spec = new V1ServiceSpec { ClusterIP = "10.43.0.1", Ports = [new V1ServicePort { Name = "https", Port = 443, Protocol = "TCP" }] },
    };

    [Fact]
    public async Task Holds_services_maps_and_values_and_later_ones_win()
    {
        var container = Make.Container("a") with
        {
            EnvFrom = [new V1EnvFromSource { Prefix = "C_", ConfigMapRef = new V1ConfigMapEnvSource { Name = "settings" } }],
            Env =
            [
                new V1EnvVar { Name = "MY_WEB_SERVICE_HOST", Value = "mine" },
                new V1EnvVar { Name = "BOTH", Value = "$(C_color)-$(MY_WEB_SERVICE_PORT)" },
                Field("WHO", "metadata.name"), Field("IP", "status.podIP"), Field("TIER", "metadata.labels['tier']"),
                new V1EnvVar { Name = "CPUS", ValueFrom = new V1EnvVarSource { ResourceFieldRef = new V1ResourceFieldSelector { Resource = "limits.cpu" } } },
                new V1EnvVar { Name = "WORD", ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = "s", Key = "word" } } },
                new V1EnvVar { Name = "ABSENT", ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = "s", Key = "x", Optional = true } } },
            ],
        };
        var environment = await BuildAsync(container);
        Assert.Equal("mine", environment["MY_WEB_SERVICE_HOST"]);
        Assert.Equal("tcp://10.43.0.9:80", environment["MY_WEB_PORT_80_TCP"]);
        Assert.Equal("443", environment["KUBERNETES_SERVICE_PORT_HTTPS"]);
        Assert.Equal("red-80", environment["BOTH"]);
        Assert.Equal(("p", "10.0.0.2", "db", "2", "hush"), (environment["WHO"], environment["IP"], environment["TIER"], environment["CPUS"], environment["WORD"]));
        Assert.DoesNotContain("ABSENT", environment.Keys);
    }

    [Fact]
    public async Task Hides_services_but_the_apis_when_links_are_off()
    {
        var environment = await BuildAsync(Make.Container("a"), links: false);
        Assert.DoesNotContain("MY_WEB_SERVICE_HOST", environment.Keys);
        Assert.Equal("10.43.0.1", environment["KUBERNETES_SERVICE_HOST"]);
    }

    [Theory]
    [InlineData("nope", "word", "secret \"nope\" not found")]
    [InlineData("s", "x", "couldn't find key x in Secret default/s")]
    public async Task Cannot_be_made_without_what_it_names(string secret, string key, string message)
    {
        var env = new V1EnvVar { Name = "W", ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = secret, Key = key } } };
        var failure = await Assert.ThrowsAsync<ConfigurationException>(async () => await BuildAsync(Make.Container("a") with { Env = [env] }));
        Assert.Equal(message, failure.Message);
    }

    private static V1EnvVar Field(string name, string path) => new() { Name = name, ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = path } } };

    private static ValueTask<IReadOnlyDictionary<string, string>> BuildAsync(V1Container container, bool links = true)
    {
        var pod = Make.Pod(container);
        pod = pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["tier"] = "db" } }, Spec = pod.Spec with { EnableServiceLinks = links } };
        var facts = new EnvironmentFacts
        {
            Addresses = new PodAddresses(["10.0.0.2"], ["192.0.2.1"]),
            Services = [Web, Api],
            Allocatable = new Dictionary<string, Quantity> { ["cpu"] = Quantity.FromMilli(1500) },
        };
        return ContainerEnvironment.BuildAsync(pod, container, facts, new Objects(), CancellationToken.None);
    }

    private sealed class Objects : IObjectSource
    {
        public ValueTask<V1ConfigMap?> ConfigMapAsync(string ns, string name, string podUid, CancellationToken ct) =>
            ValueTask.FromResult(name == "settings" ? new V1ConfigMap { Data = new Dictionary<string, string> { ["color"] = "red" } } : null);

        public ValueTask<V1Secret?> SecretAsync(string ns, string name, string podUid, CancellationToken ct) =>
            ValueTask.FromResult(name == "s" ? new V1Secret { Data = new Dictionary<string, byte[]> { ["word"] = Encoding.UTF8.GetBytes("hush") } } : null);
    }
}
