using Gantry.Api.Models;
using Gantry.Node.Pods;
using Gantry.Node.Tests.Streaming;

namespace Gantry.Node.Tests.Logs;

public sealed class Logs_with_kubectl(PodFixture fixture) : IClassFixture<PodFixture>
{
    [KubectlFact]
    public async Task Follow_shows_every_line_as_it_comes_and_ends_with_the_container()
    {
        var pod = await fixture.RunAsync("counting", "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; sleep 1; echo last");
        var result = await new Kubectl(fixture.Host.Url).RunAsync("logs -f counting");
        var lines = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. Enumerable.Range(0, 2000).Select(i => $"line {i}"), "last"], lines);
        Assert.Equal(0, result.ExitCode);
        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task Follow_survives_rotation()
    {
        var pod = await fixture.RunAsync("turning", "i=0; until [ -e /tmp/stop ]; do echo line $i; i=$((i+1)); sleep 0.002; done");
        var kubectl = new Kubectl(fixture.Host.Url);
        using var following = kubectl.Start(["logs", "-f", "turning"]);
        var lines = new List<string>();
        for (var turn = 1; turn <= 3; turn++)
        {
            // What was turned away before anybody looked would not be shown.
            await ReadAsync(following.StandardOutput, lines, 60);
            var path = (await fixture.Containerd.Runtime.ContainerStatusAsync(pod.ContainerId, default))!.LogPath;
            File.Move(path, path + "." + turn);
            await fixture.Containerd.Runtime.ReopenLogAsync(pod.ContainerId, default);
        }

        await ReadAsync(following.StandardOutput, lines, 60);
        await kubectl.RunAsync("exec turning -- mkdir /tmp/stop");
        lines.AddRange((await following.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await following.WaitForExitAsync();
        Assert.Equal("", await following.StandardError.ReadToEndAsync());
        Assert.Equal(Enumerable.Range(0, lines.Count).Select(i => $"line {i}"), lines);
        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task Follow_survives_a_restart_of_the_runtime()
    {
        var pod = await fixture.RunAsync("lasting", "i=0; until [ -e /tmp/stop ]; do echo line $i; i=$((i+1)); sleep 0.01; done");
        var kubectl = new Kubectl(fixture.Host.Url);
        using var following = kubectl.Start(["logs", "-f", "lasting"]);
        Assert.Equal("line 0", await following.StandardOutput.ReadLineAsync());
        await fixture.Containerd.Supervisor.StopAsync(default);
        await fixture.Containerd.Supervisor.StartAsync(default);
        // A command that starts while the runtime is still taking stock may be ended by it.
        await foreach (var _ in Polls.EveryAsync(TimeSpan.FromMilliseconds(100)))
        {
            if ((await kubectl.RunAsync("exec lasting -- mkdir -p /tmp/stop")).ExitCode == 0)
            {
                break;
            }
        }

        var lines = (await following.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await following.WaitForExitAsync();
        Assert.Equal("", await following.StandardError.ReadToEndAsync());
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(i => $"line {i}"), lines);
        Assert.Contains(lines[^1], await File.ReadAllTextAsync(Path.Combine(fixture.Containerd.Root, "logs", RuntimeNames.LogFolder(pod.Pod), "main", "0.log")), StringComparison.Ordinal);
        await pod.StopAsync();
    }

    [KubectlFact]
    [Trait("Conformance", "Kubectl logs logs should be able to retrieve and filter logs")]
    public async Task Tail_since_limit_timestamps_and_previous_select()
    {
        var pod = await fixture.RunAsync("first", "for i in 1 2 3 4 5; do echo line $i; done; sleep 0.3; echo problem >&2; exit 1");
        await pod.UntilEndedAsync();
        var kubectl = new Kubectl(fixture.Host.Url);
        Assert.Equal("line 5\nproblem\n", (await kubectl.RunAsync("logs first --tail=2")).Text);
        Assert.Equal("line 1\nli", (await kubectl.RunAsync("logs first --limit-bytes=9")).Text);
        Assert.Equal("", (await kubectl.RunAsync("logs first --since-time=2030-01-01T00:00:00Z")).Text);
        Assert.Equal(6, (await kubectl.RunAsync("logs first --since=1h")).Text.Count(c => c == '\n'));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|\+\d\d:\d\d) line 1\n$", (await kubectl.RunAsync("logs first --timestamps --limit-bytes=43")).Text.Split("\n")[0] + "\n");

        var missing = await kubectl.RunAsync("logs first --previous");
        Assert.Equal("Error from server (BadRequest): previous terminated container \"main\" in pod \"first\" not found\n", missing.Error);
        await pod.StartAttemptAsync("echo again; exec sleep 1000");
        Assert.Contains("line 1", (await kubectl.RunAsync("logs first -p")).Text, StringComparison.Ordinal);
        await foreach (var _ in Polls.EveryAsync(TimeSpan.FromMilliseconds(50)))
        {
            if ((await kubectl.RunAsync("logs first")).Text == "again\n")
            {
                break;
            }
        }

        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task A_container_that_waits_says_for_what()
    {
        var waiting = new V1ContainerStatus { Name = "main", State = new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "ContainerCreating" } } };
        fixture.Host.Pods["creating"] = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "creating", Namespace = "default", Uid = "creating-uid" },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "main" }] },
            Status = new V1PodStatus { ContainerStatuses = [waiting] },
        };
        var result = await new Kubectl(fixture.Host.Url).RunAsync("logs creating");
        Assert.Equal("Error from server (BadRequest): container \"main\" in pod \"creating\" is waiting to start: ContainerCreating\n", result.Error);
    }

    private static async Task ReadAsync(StreamReader from, List<string> lines, int count)
    {
        for (var read = 0; read < count; read++)
        {
            lines.Add(await from.ReadLineAsync() ?? throw new EndOfStreamException($"the log ended after {lines.Count} lines"));
        }
    }
}
