using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

/// <summary>Autoscalers in both of their versions, which are one.</summary>
[Collection(SharedServer.Name)]
public sealed class AutoscalerVersionTests(RunningServer server)
{
    private const string Annotation = "autoscaling.alpha.kubernetes.io/";

    private readonly RunningServer _server = server;

    [Fact]
    public async Task The_older_version_gets_a_target_that_nobody_owns()
    {
        var (old, _) = await PathsAsync();
        var made = await _server.PostAsync(old, Autoscaler());
        Assert.Equal(TreeInteger.Of(80), made.Body.Map("spec")!["targetCPUUtilizationPercentage"]);
        Assert.DoesNotContain("targetCPUUtilizationPercentage", made.Metadata["managedFields"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_no_longer_applied_goes_back_to_the_default()
    {
        var (old, newer) = await PathsAsync();
        await _server.PostAsync(newer, Autoscaler());
        Assert.Equal(TreeInteger.Of(60), (await ApplyAsync(",\"targetCPUUtilizationPercentage\":60")).Body.Map("spec")!["targetCPUUtilizationPercentage"]);
        Assert.Equal(TreeInteger.Of(80), (await ApplyAsync("")).Body.Map("spec")!["targetCPUUtilizationPercentage"]);

        Task<Answer> ApplyAsync(string target) => _server.SendAsync(
            HttpMethod.Patch, old + "/h?fieldManager=me&force=true",
            $$$"""{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"h"},"spec":{"maxReplicas":7{{{target}}} } }""", "application/apply-patch+yaml");
    }

    [Fact]
    public async Task Metrics_and_behavior_travel_in_annotations_as_Kubernetes_writes_them()
    {
        var (old, newer) = await PathsAsync();
        await _server.PostAsync(newer, Autoscaler("""
            ,"behavior":{"scaleDown":{"stabilizationWindowSeconds":60}},"metrics":[
            {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}},
            {"type":"ContainerResource","containerResource":{"name":"memory","container":"c","target":{"type":"AverageValue","averageValue":"1Gi"}}},
            {"type":"Pods","pods":{"metric":{"name":"m"},"target":{"type":"AverageValue","averageValue":"5"}}},
            {"type":"External","external":{"metric":{"name":"e","selector":{"matchLabels":{"a":"b"}}},"target":{"type":"Value","value":"7"}}},
            {"type":"Object","object":{"describedObject":{"kind":"K","name":"o"},"metric":{"name":"x"},"target":{"type":"Value","value":"9"}}}]
            """));
        var read = await _server.GetAsync(old + "/h");
        Assert.Equal(TreeInteger.Of(50), read.Body.Map("spec")!["targetCPUUtilizationPercentage"]);
        var annotations = read.Metadata.Map("annotations")!;
        Assert.Equal(
            """[{"type":"ContainerResource","containerResource":{"name":"memory","targetAverageValue":"1Gi","container":"c"}},"""
            + """{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"5"}},"""
            + """{"type":"External","external":{"metricName":"e","metricSelector":{"matchLabels":{"a":"b"}},"targetValue":"7"}},"""
            + """{"type":"Object","object":{"target":{"kind":"K","name":"o"},"metricName":"x","targetValue":"9"}}]""",
            annotations.Text(Annotation + "metrics"));
        Assert.Equal(
            """{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15},{"Type":"Percent","Value":100,"PeriodSeconds":15}]}"""
            + ""","ScaleDown":{"StabilizationWindowSeconds":60,"SelectPolicy":"Max","Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}]}}""",
            annotations.Text(Annotation + "behavior"));

        // Written through the older version, nothing is lost; the target for the CPU is the last of the metrics then.
        Assert.Equal(200, (await _server.MergeAsync(old + "/h", """{"spec":{"maxReplicas":4}}""")).Code);
        var spec = (await _server.GetAsync(newer + "/h")).Body.Map("spec")!;
        Assert.Equal(["ContainerResource", "Pods", "External", "Object", "Resource"], spec.List("metrics")!.OfType<TreeMap>().Select(m => m.Text("type")));
        Assert.Equal(TreeInteger.Of(60), spec.Map("behavior")!.Map("scaleDown")!["stabilizationWindowSeconds"]);
    }

    [Fact]
    public async Task What_was_measured_is_told_in_both_versions()
    {
        var (old, newer) = await PathsAsync();
        await _server.PostAsync(newer, Autoscaler());
        await _server.MergeAsync(newer + "/h/status", """
            {"status":{"currentReplicas":1,"desiredReplicas":2,"conditions":[{"type":"A","status":"True","reason":"R"}],
            "currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":10,"averageValue":"5m"}}}]}}
            """);
        var read = await _server.GetAsync(old + "/h");
        Assert.Equal(TreeInteger.Of(10), read.Body.Map("status")!["currentCPUUtilizationPercentage"]);
        var annotations = read.Metadata.Map("annotations")!;
        Assert.Equal("""[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":10,"currentAverageValue":"5m"}}]""", annotations.Text(Annotation + "current-metrics"));
        Assert.Equal("""[{"type":"A","status":"True","lastTransitionTime":null,"reason":"R"}]""", annotations.Text(Annotation + "conditions"));
        var table = await _server.SendAsync(HttpMethod.Get, old + "/h", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(new TreeString("cpu: 10%/80%"), ((TreeMap)table.Body.List("rows")![0]).List("cells")![2]);
    }

    [Fact]
    public async Task Neither_side_of_an_autoscaler_loses_what_the_other_wrote_of_it()
    {
        var (old, newer) = await PathsAsync();
        await _server.PostAsync(newer, Autoscaler(""","metrics":[{"type":"Pods","pods":{"metric":{"name":"m"},"target":{"type":"AverageValue","averageValue":"5"}}}]"""));
        await _server.MergeAsync(newer + "/h/status", """{"status":{"desiredReplicas":2,"conditions":[{"type":"A","status":"True"}]}}""");
        var bare = Autoscaler().Replace("\"metadata\":{", "\"apiVersion\":\"autoscaling/v1\",\"status\":{\"currentReplicas\":3,\"desiredReplicas\":3},\"metadata\":{", StringComparison.Ordinal);
        Assert.Equal(200, (await _server.PutAsync(old + "/h/status", bare)).Code);
        var read = await _server.GetAsync(newer + "/h");
        Assert.Equal("Pods", ((TreeMap)Assert.Single(read.Body.Map("spec")!.List("metrics")!)).Text("type"));

        await _server.MergeAsync(newer + "/h/status", """{"status":{"conditions":[{"type":"B","status":"True"}]}}""");
        Assert.Equal(200, (await _server.PutAsync(old + "/h", bare)).Code);
        var status = (await _server.GetAsync(newer + "/h")).Body.Map("status")!;
        Assert.Equal("B", ((TreeMap)Assert.Single(status.List("conditions")!)).Text("type"));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[1]")]
    [InlineData("[{\\\"type\\\":\\\"Resource\\\",\\\"resource\\\":{\\\"name\\\":7,\\\"targetAverageUtilization\\\":\\\"x\\\"}}]")]
    public async Task An_annotation_that_cannot_be_read_says_nothing(string text)
    {
        var (old, newer) = await PathsAsync();
        var annotations = $"\"{Annotation}metrics\":\"{text}\",\"{Annotation}behavior\":\"{text}\"";
        var made = await _server.PostAsync(old, Autoscaler(""","targetCPUUtilizationPercentage":70""", annotations));
        Assert.Equal(201, made.Code);
        var read = await _server.GetAsync(newer + "/h");
        Assert.False(read.Metadata.Contains("annotations"));
        Assert.Single(read.Body.Map("spec")!.List("metrics")!);
    }

    [Theory]
    [InlineData("{\\\"ScaleUp\\\":{\\\"SelectPolicy\\\":\\\"Max\\\"}}", 422)]
    [InlineData("{\\\"ScaleUp\\\":{\\\"Policies\\\":null}}", 422)]
    [InlineData("{\\\"ScaleUp\\\":{\\\"Policies\\\":[]}}", 422)]
    [InlineData("{\\\"ScaleUp\\\":{\\\"Policies\\\":[{\\\"Type\\\":\\\"Pods\\\",\\\"Value\\\":1,\\\"PeriodSeconds\\\":60}]}}", 201)]
    [InlineData("{}", 201)]
    public async Task The_text_of_a_behavior_has_no_policies_by_default(string text, int code)
    {
        var (old, _) = await PathsAsync();
        var made = await _server.PostAsync(old, Autoscaler("", $"\"{Annotation}behavior\":\"{text}\""));
        Assert.Equal(code, made.Code);
        Assert.Equal(code == 422, made.Text.Contains("spec.behavior.scaleUp.policies: Required value: must specify at least one Policy", StringComparison.Ordinal));
        Assert.Equal(text.Contains("Value", StringComparison.Ordinal), made.Metadata.Map("annotations")?.Contains(Annotation + "behavior") == true);
    }

    [Theory]
    [InlineData("\"policies\":[]", 422)]
    [InlineData("\"policies\":null", 200)]
    [InlineData("\"selectPolicy\":\"Min\"", 200)]
    public async Task No_policies_are_refused_and_policies_that_are_left_out_get_their_default(string rules, int code)
    {
        var (_, newer) = await PathsAsync();
        Assert.Equal(201, (await _server.PostAsync(newer, Autoscaler())).Code);
        var patched = await _server.SendAsync(HttpMethod.Patch, newer + "/h", $$$"""{"spec":{"behavior":{"scaleDown":{{{{rules}}}} } } }""", "application/merge-patch+json");
        Assert.Equal(code, patched.Code);
        if (code == 422)
        {
            Assert.Equal("FieldValueRequired", patched.Cause("spec.behavior.scaleDown.policies"));
        }
    }

    [Fact]
    public async Task Bad_metrics_of_the_older_version_are_told_of_as_the_newer_ones()
    {
        var (old, _) = await PathsAsync();
        var answer = await _server.PostAsync(old, Autoscaler(""","targetCPUUtilizationPercentage":0"""));
        Assert.Equal("FieldValueInvalid", answer.Cause("spec.metrics[0].resource.target.averageUtilization"));
    }

    private static string Autoscaler(string more = "", string annotations = "") =>
        "{\"metadata\":{\"name\":\"h\",\"annotations\":{" + annotations + "}},\"spec\":{\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"d\"},\"maxReplicas\":3" + more + "}}";

    private async Task<(string Older, string Newer)> PathsAsync()
    {
        var space = await _server.NamespaceAsync();
        return ($"/apis/autoscaling/v1/namespaces/{space}/horizontalpodautoscalers", $"/apis/autoscaling/v2/namespaces/{space}/horizontalpodautoscalers");
    }
}
