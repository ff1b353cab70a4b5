namespace Gantry.Cluster;

/// <summary>Clusters of one machine do not meet.</summary>
public sealed class SideBySideTests
{
    [Fact]
    public async Task Two_clusters_run_beside_each_other_and_one_ends_without_the_other()
    {
        if (RunningCluster.Missing() is { } missing)
        {
            Console.WriteLine(missing);
            return;
        }

        var first = RunningCluster.Prepare(2);
        var second = RunningCluster.Prepare(3);
        try
        {
            foreach (var cluster in new[] { first, second })
            {
                await cluster.UpAsync();
                await LoadBusyboxAsync(cluster);
                await cluster.KubectlAsync("run", "box", "--image", "gantry.local/busybox:1", "--restart=Never", "--", "sleep", "1000000");
                await cluster.KubectlAsync("wait", "--for=condition=Ready", "pod/box", "--timeout=60s");
            }

            Assert.Equal(first.NodeName, (await first.KubectlAsync("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}")).Trim());
            await first.DownAsync("--purge");
            Assert.Empty(first.Traces());

            Assert.Equal("still here", (await second.KubectlAsync("exec", "box", "--", "echo", "still here")).Trim());
            Assert.Contains("kubernetes.default", await second.KubectlAsync("exec", "box", "--", "nslookup", "kubernetes.default.svc.cluster.local"), StringComparison.Ordinal);
        }
        finally
        {
            await first.DownAsync("--purge");
            await second.DownAsync("--purge");
        }

        Assert.Empty(second.Traces());
    }

    private static async Task LoadBusyboxAsync(RunningCluster cluster)
    {
        var folder = Path.Combine(Path.GetTempPath(), "gantry-sample-images");
        await cluster.Shell.RunAsync(Path.Combine(cluster.Root, "samples", "images", "build"), "-o", folder, "busybox");
        await cluster.GantryAsync("image", "load", Path.Combine(folder, "busybox-1.tar"));
    }
}
