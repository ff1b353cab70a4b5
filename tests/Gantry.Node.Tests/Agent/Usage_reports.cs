using System.Text.Json;
using Gantry.Node.Agent;

namespace Gantry.Node.Tests.Agent;

public sealed class Usage_reports
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly NodeUsageReport Report = new(
        "n1", Time.AddHours(-1), new UsageSample(Time, 9_000_000_000, 500_000_000, 700), 300, new DiskUsage(1000, 400, 600),
        [
            new PodUsage("default", "web", "u1", Time.AddMinutes(-1),
            [
                new ContainerUsage("main", Time.AddMinutes(-1), new UsageSample(Time, 2_000_000_000, 20, 100)),
                new ContainerUsage("side", Time.AddMinutes(-1), new UsageSample(Time.AddSeconds(1), 1_500_000_000, null, 11)),
            ]),
        ]);

    [Fact]
    public void The_summary_holds_the_node_and_the_sums_of_its_pods()
    {
        using var json = JsonDocument.Parse(SummaryJson.Write(Report));
        var node = json.RootElement.GetProperty("node");
        Assert.Equal("n1", node.GetProperty("nodeName").GetString());
        Assert.Equal(500_000_000, node.GetProperty("cpu").GetProperty("usageNanoCores").GetInt64());
        Assert.Equal(600, node.GetProperty("fs").GetProperty("usedBytes").GetInt64());
        var pod = Assert.Single(json.RootElement.GetProperty("pods").EnumerateArray());
        Assert.Equal("web", pod.GetProperty("podRef").GetProperty("name").GetString());
        Assert.Equal(3_500_000_000, pod.GetProperty("cpu").GetProperty("usageCoreNanoSeconds").GetInt64());
        Assert.Equal(111, pod.GetProperty("memory").GetProperty("workingSetBytes").GetInt64());
        Assert.Equal("2026-01-02T03:04:06Z", pod.GetProperty("cpu").GetProperty("time").GetString());
        Assert.False(pod.GetProperty("containers")[1].GetProperty("cpu").TryGetProperty("usageNanoCores", out _));
    }

    [Fact]
    public void The_metrics_have_a_line_for_each_container_and_pod()
    {
        var lines = ResourceMetrics.Write(Report).Split('\n');
        Assert.Contains("container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"web\"} 2 1767323045000", lines);
        Assert.Contains("pod_memory_working_set_bytes{namespace=\"default\",pod=\"web\"} 111 1767323046000", lines);
        Assert.Contains("node_cpu_usage_seconds_total 9 1767323045000", lines);
        Assert.Contains("resource_scrape_error 0", lines);
    }
}
