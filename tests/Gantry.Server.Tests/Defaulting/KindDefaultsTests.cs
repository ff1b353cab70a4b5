using System.Text;
using Gantry.Api.Defaults;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Tests.Defaulting;

public class KindDefaultsTests
{
    private static TreeMap Defaulted<T>(string json)
        where T : class, IApiObject<T>
    {
        var tree = Defaulter.Apply(T.Resource.Schema, (TreeMap)TreeJson.Parse(Encoding.UTF8.GetBytes(json)));
        KindDefaults.Apply(T.Resource, tree);
        return tree;
    }

    private static string At(Tree? tree, params object[] path)
    {
        foreach (var step in path)
        {
            tree = step is int i ? (tree as TreeList)?[i] : (tree as TreeMap)?[(string)step];
        }

        return tree?.ToString() ?? "nothing";
    }

    [Theory]
    [InlineData("nginx", "\"Always\"")]
    [InlineData("nginx:latest", "\"Always\"")]
    [InlineData("nginx:1.27", "\"IfNotPresent\"")]
    [InlineData("registry:5000/nginx", "\"Always\"")]
    [InlineData("nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "\"IfNotPresent\"")]
    public void The_pull_policy_follows_the_tag(string image, string policy) =>
        Assert.Equal(policy, At(Defaulted<V1Pod>($$$"""{"spec":{"containers":[{"name":"c","image":"{{{image}}}"}]}}"""), "spec", "containers", 0, "imagePullPolicy"));

    [Fact]
    public void A_pods_requests_come_from_its_limits()
    {
        var pod = Defaulted<V1Pod>("""{"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}}]}}""");
        Assert.Equal("""{"cpu":"500m","memory":"1Gi"}""", At(pod, "spec", "containers", 0, "resources", "requests"));
    }

    [Fact]
    public void A_templates_requests_do_not()
    {
        var d = Defaulted<V1Deployment>("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"1"}}}]}}}}""");
        Assert.Equal("nothing", At(d, "spec", "template", "spec", "containers", 0, "resources", "requests"));
        Assert.Equal("nothing", At(d, "spec", "template", "spec", "enableServiceLinks"));
        Assert.Equal("""{"maxUnavailable":"25%","maxSurge":"25%"}""", At(d, "spec", "strategy", "rollingUpdate"));
    }

    [Fact]
    public void A_services_target_port_is_its_port() =>
        Assert.Equal("80", At(Defaulted<V1Service>("""{"spec":{"ports":[{"port":80}]}}"""), "spec", "ports", 0, "targetPort"));

    [Fact]
    public void Constants_of_a_job_are_not_those_of_a_cron_jobs_template()
    {
        Assert.Equal("6", At(Defaulted<V1Job>("""{"spec":{}}"""), "spec", "backoffLimit"));
        var cron = Defaulted<V1CronJob>("""{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[]}}}}}}""");
        Assert.Equal("nothing", At(cron, "spec", "jobTemplate", "spec", "backoffLimit"));
        Assert.Equal("nothing", At(cron, "spec", "jobTemplate", "spec", "suspend"));
        Assert.Equal("false", At(cron, "spec", "suspend"));
    }

    [Fact]
    public void A_secrets_texts_become_data()
    {
        var secret = Defaulted<V1Secret>("""{"stringData":{"p":"q"}}""");
        Assert.Equal("\"cQ==\"", At(secret, "data", "p"));
        Assert.Equal("nothing", At(secret, "stringData"));
    }

    [Fact]
    public void Init_containers_in_annotations_are_not_kept()
    {
        Assert.Equal("{\"k\":\"v\"}", At(Defaulted<V1Pod>("""{"metadata":{"annotations":{"pod.beta.kubernetes.io/init-containers":"[]","k":"v"}}}"""), "metadata", "annotations"));
        var template = Defaulted<V1Deployment>("""{"spec":{"template":{"metadata":{"annotations":{"pod.alpha.kubernetes.io/init-container-statuses":"[]"}}}}}""");
        Assert.Equal("nothing", At(template, "spec", "template", "metadata", "annotations"));
    }

    [Fact]
    public void Applying_defaults_twice_changes_nothing()
    {
        foreach (var resource in ApiCatalog.Resources)
        {
            var once = Defaulter.Apply(resource.Schema, (TreeMap)TreeJson.Parse("""{"metadata":{"name":"x"},"spec":{}}"""u8));
            KindDefaults.Apply(resource, once);
            var twice = Defaulter.Apply(resource.Schema, (TreeMap)once.DeepClone());
            KindDefaults.Apply(resource, twice);
            Assert.Equal(once, twice);
        }
    }
}
