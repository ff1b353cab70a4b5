using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gantry.Cluster;

/// <summary>The classic guestbook on a real cluster, the way a user meets it.</summary>
public sealed class GuestbookTests
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    [Fact]
    [Trait("Conformance", "Kubectl client Guestbook application should create and stop a working application")]
    [Trait("Conformance", "ServiceAccounts should mount an API token into pods")]
    public async Task The_guestbook_works_survives_and_leaves_nothing_behind()
    {
        if (RunningCluster.Missing() is { } missing)
        {
            Console.WriteLine(missing);
            return;
        }

        var before = RunningCluster.Interfaces();
        var cluster = RunningCluster.Prepare(1);
        try
        {
            Assert.Contains("is Ready", await cluster.UpAsync(), StringComparison.Ordinal);
            Assert.Contains("Ready", await cluster.KubectlAsync("get", "nodes"), StringComparison.Ordinal);
            await LoadImagesAsync(cluster);

            await AppliedAndReachableAsync(cluster);
            await LeaderReturnsAsync(cluster);
            await ScalesAsync(cluster);
            await RollsWithoutAFailedRequestAsync(cluster);
            await LogsExecCopyAndForwardAsync(cluster);
            await SurvivesAKilledServerAsync(cluster);
            await DeletedWithoutRemainsAsync(cluster);
        }
        finally
        {
            await cluster.DownAsync("--purge");
        }

        Assert.Empty(cluster.Traces());
        Assert.Equal(before, RunningCluster.Interfaces());
        await cluster.DownAsync("--purge");
    }

    private static async Task LoadImagesAsync(RunningCluster cluster)
    {
        var folder = Path.Combine(Path.GetTempPath(), "gantry-sample-images");
        await cluster.Shell.RunAsync(Path.Combine(cluster.Root, "samples", "images", "build"), "-o", folder);
        await cluster.GantryAsync(["image", "load", .. Directory.EnumerateFiles(folder, "*.tar")]);
        Assert.Contains("gantry.local/redis:7", await cluster.GantryAsync("image", "ls"), StringComparison.Ordinal);
    }

    private static async Task AppliedAndReachableAsync(RunningCluster cluster)
    {
        await cluster.KubectlAsync("apply", "-f", Path.Combine(cluster.Root, "samples", "guestbook"));
        foreach (var name in new[] { "redis-leader", "redis-follower", "frontend" })
        {
            await cluster.KubectlAsync("rollout", "status", "deployment/" + name, "--timeout=120s");
        }

        await WriteAndReadBackAsync("the first entry");
    }

    private static async Task LeaderReturnsAsync(RunningCluster cluster)
    {
        var first = await cluster.KubectlAsync("get", "pods", "-l", "role=leader", "-o", "jsonpath={.items[0].metadata.name}");
        await cluster.KubectlAsync("delete", "pod", first, "--grace-period=1");
        await cluster.KubectlAsync("rollout", "status", "deployment/redis-leader", "--timeout=120s");
        await WriteAndReadBackAsync("after the leader's return");
    }

    private static async Task ScalesAsync(RunningCluster cluster)
    {
        await cluster.KubectlAsync("scale", "deployment/redis-follower", "--replicas=4");
        await cluster.KubectlAsync("rollout", "status", "deployment/redis-follower", "--timeout=120s");
        await RunningCluster.UntilAsync(
            "four followers behind the service",
            async () => (await cluster.KubectlAsync("get", "endpoints", "redis-follower", "-o", "jsonpath={.subsets[*].addresses[*].ip}")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 4);
        await cluster.KubectlAsync("scale", "deployment/redis-follower", "--replicas=1");
        await cluster.KubectlAsync("wait", "--for=jsonpath={.status.replicas}=1", "deployment/redis-follower", "--timeout=60s");
    }

    private static async Task RollsWithoutAFailedRequestAsync(RunningCluster cluster)
    {
        await WhileAskingAsync(async () =>
        {
            await cluster.KubectlAsync("set", "image", "deployment/frontend", "guestbook=gantry.local/guestbook-frontend:v2");
            await cluster.KubectlAsync("rollout", "status", "deployment/frontend", "--timeout=180s");
        });
        // A pod that drains may still answer for the moment until the rules have heard of it, here as in any Kubernetes.
        await RunningCluster.UntilAsync("v2 everywhere", async () => (await Http.GetStringAsync("http://127.0.0.1:30080/version")).Trim() == "v2");
        await WhileAskingAsync(async () =>
        {
            await cluster.KubectlAsync("rollout", "undo", "deployment/frontend");
            await cluster.KubectlAsync("rollout", "status", "deployment/frontend", "--timeout=180s");
        });
        await RunningCluster.UntilAsync("v1 again", async () => (await Http.GetStringAsync("http://127.0.0.1:30080/version")).Trim() == "v1");
        Assert.Contains("2", await cluster.KubectlAsync("rollout", "history", "deployment/frontend"), StringComparison.Ordinal);
    }

    private static async Task LogsExecCopyAndForwardAsync(RunningCluster cluster)
    {
        Assert.Contains("listens on 8080", await cluster.KubectlAsync("logs", "deployment/frontend"), StringComparison.Ordinal);
        var leader = await cluster.KubectlAsync("get", "pods", "-l", "role=leader", "-o", "jsonpath={.items[0].metadata.name}");
        Assert.Equal("PONG", (await cluster.KubectlAsync("exec", leader, "--", "redis-cli", "ping")).Trim());
        const string Account = "/var/run/secrets/kubernetes.io/serviceaccount";
        Assert.Equal("default", await cluster.KubectlAsync("exec", leader, "--", "cat", Account + "/namespace"));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", await cluster.KubectlAsync("exec", leader, "--", "cat", Account + "/ca.crt"), StringComparison.Ordinal);
        Assert.Equal(3, (await cluster.KubectlAsync("exec", leader, "--", "cat", Account + "/token")).Split('.').Length);

        var failed = await cluster.Shell.TryAsync("kubectl", ["exec", leader, "--", "sh", "-c", "exit 7"]);
        Assert.Equal(7, failed.Code);

        var file = Path.Combine(cluster.Data, "copied");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("a line that is copied\n", 50_000)));
        await cluster.KubectlAsync("cp", file, leader + ":/tmp/copied");
        await cluster.KubectlAsync("cp", leader + ":/tmp/copied", file + ".back");
        Assert.Equal(await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(file + ".back"));

        using var forward = cluster.Shell.Start("kubectl", ["port-forward", "pod/" + leader, "16379:6379"]);
        try
        {
            await RunningCluster.UntilAsync("an answer through the forwarded port", () => PingAsync(16379));
        }
        finally
        {
            forward.Kill();
        }
    }

    private static async Task SurvivesAKilledServerAsync(RunningCluster cluster)
    {
        await RunningCluster.UntilAsync("the pods of the rollout's end are gone", async () => (await cluster.KubectlAsync("get", "pods", "-o", "name")).Trim().Split('\n').Length == 5);
        var started = await cluster.KubectlAsync("get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].containerID}");
        var frontend = (await cluster.KubectlAsync("get", "pods", "-l", "tier=frontend", "-o", "jsonpath={.items[*].metadata.name}")).Split(' ');
        await cluster.Shell.RunAsync("kill", "-9", cluster.ServerPid().ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("v1", (await Http.GetStringAsync("http://127.0.0.1:30080/version")).Trim());
        await cluster.UpAsync();
        Assert.Equal(Sorted(started), Sorted(await cluster.KubectlAsync("get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].containerID}")));
        Assert.Equal(3, frontend.Length);
        await WriteAndReadBackAsync("after the server's return");
    }

    private static string[] Sorted(string words) => [.. words.Split(' ').Order(StringComparer.Ordinal)];

    private static async Task DeletedWithoutRemainsAsync(RunningCluster cluster)
    {
        await cluster.KubectlAsync("delete", "-f", Path.Combine(cluster.Root, "samples", "guestbook"), "--timeout=120s");
        await RunningCluster.UntilAsync("no pods", async () => (await cluster.KubectlAsync("get", "pods", "-o", "name")).Trim().Length == 0);
        await RunningCluster.UntilAsync("no containers, no mounts", () => Task.FromResult(!cluster.Traces().Any(t => t.Contains("containerd-shim", StringComparison.Ordinal) || t.Contains("/pods/", StringComparison.Ordinal))));
        await RunningCluster.UntilAsync(
            "no rules for the guestbook",
            async () => !(await cluster.Shell.RunAsync("nft", "list", "ruleset")).Contains("30080", StringComparison.Ordinal));
    }

    private static async Task WriteAndReadBackAsync(string text)
    {
        await RunningCluster.UntilAsync(text + " written", async () =>
        {
            try
            {
                using var answer = await Http.PostAsync(new Uri("http://127.0.0.1:30080/entries"), new StringContent(text));
                return answer.StatusCode == HttpStatusCode.Created;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        await RunningCluster.UntilAsync(text + " read back", async () => (await Http.GetStringAsync("http://127.0.0.1:30080/entries")).Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Asks the frontend for its version all the time while something happens; every request must be answered.</summary>
    private static async Task WhileAskingAsync(Func<Task> happens)
    {
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var asking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var version = (await Http.GetStringAsync(new Uri("http://127.0.0.1:30080/version"))).Trim();
                Assert.True(version is "v1" or "v2", version);
                answered++;
            }
        });
        var work = happens();
        await Task.WhenAny(asking, work);
        await stop.CancelAsync();
        await asking;
        await work;
        Assert.True(answered > 20, $"only {answered} requests were made");
    }

    private static async Task<bool> PingAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var buffer = new byte[64];
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            var read = await stream.ReadAsync(buffer, limit.Token);
            return Encoding.ASCII.GetString(buffer, 0, read).StartsWith("+PONG", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
