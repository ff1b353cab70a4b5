using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Real;

/// <summary>What happens to real containers while they live: probes, hooks, memory, guests, large logs.</summary>
public sealed class Real_lives
{
    private const string Forever = "while true; do sleep 1; done";

    [ContainerdFact]
    public async Task Containers_are_restarted_killed_visited_and_told_of_their_end()
    {
        await using var node = await OneNode.StartAsync();
        var shared = Directory.CreateTempSubdirectory("gantry-shared-").FullName;
        await node.RunAsync("sick", "touch /healthy; sleep 2; rm /healthy; " + Forever, p => Change(p, c => c with
        {
            LivenessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["test", "-e", "/healthy"] }, InitialDelaySeconds = 1, PeriodSeconds = 1, FailureThreshold = 1, TerminationGracePeriodSeconds = 1 },
        }));
        await node.RunAsync("greedy", "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done", p => Change(p, c => c with
        {
            Resources = new V1ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("24Mi") } },
        }));
        await node.RunAsync("polite", "echo begun >/shared/begun; " + Forever, p => Change(p with { Spec = p.Spec with { HostNetwork = true } }, c => c with
        {
            Lifecycle = new V1Lifecycle
            {
                PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["sh", "-c", "echo started >/shared/started"] } },
                PreStop = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["sh", "-c", "echo stopping >/shared/stopping"] } },
            },
            VolumeMounts = [new V1VolumeMount { Name = "shared", MountPath = "/shared" }],
        }, new V1Volume { Name = "shared", HostPath = new V1HostPathVolumeSource { Path = shared, Type = "Directory" } }));
        await node.RunAsync("bulky", "while true; do echo a line that takes room >>/data/x; done", p => Change(
            p, c => c with { VolumeMounts = [new V1VolumeMount { Name = "data", MountPath = "/data" }] },
            new V1Volume { Name = "data", EmptyDir = new V1EmptyDirVolumeSource { SizeLimit = Quantity.Parse("64Ki") } }));
        var chatty = await node.RunAsync("chatty", "i=0; while true; do echo line $i of a log that grows quickly; i=$((i+1)); done");
        try
        {
            await node.UntilAsync("polite", p => p.Status.Phase == "Running" && p.Status.PodIP == "192.0.2.1");
            Assert.True(File.Exists(Path.Combine(shared, "started")));
            await node.Api.DeleteAsync<V1Pod>("default", "polite");

            var sick = await node.UntilAsync("sick", p => p.Status.ContainerStatuses is [{ RestartCount: > 0 }]);
            Assert.Contains("Unhealthy", await node.EventsAsync("sick"));
            Assert.Equal(137, sick.Status.ContainerStatuses[0].LastState.Terminated?.ExitCode);

            var greedy = await node.UntilAsync("greedy", p => p.Status.ContainerStatuses is [{ RestartCount: > 0 }]);
            Assert.Equal("OOMKilled", greedy.Status.ContainerStatuses[0].LastState.Terminated?.Reason);

            var bulky = await node.UntilAsync("bulky", p => p.Status.Phase == "Failed");
            Assert.Equal(("Evicted", "Usage of EmptyDir volume \"data\" exceeds the limit \"64Ki\". "), (bulky.Status.Reason, bulky.Status.Message));

            // A guest in a running pod, which sees the processes of its host.
            await node.Api.PatchAsync<V1Pod>("default", "chatty", PatchBody.StrategicMerge(
                """{"spec":{"ephemeralContainers":[{"name":"guest","image":"gantry.local/shell:1","targetContainerName":"main","command":["sh","-c","cat /proc/1/cmdline"]}]}}"""), "ephemeralcontainers");
            var visited = await node.UntilAsync("chatty", p => p.Status.EphemeralContainerStatuses is [{ State.Terminated: not null }]);
            Assert.Equal(0, visited.Status.EphemeralContainerStatuses[0].State.Terminated?.ExitCode);
            Assert.Contains("line $i of a log", node.Log(visited, "guest"), StringComparison.Ordinal);

            var logs = Path.Combine(node.Options.LogDirectory, Gantry.Node.Pods.RuntimeNames.LogFolder(chatty), "main");
            await Eventually.TrueAsync(() => Directory.GetFiles(logs).Length >= 2);
            await node.GoneAsync("polite");
            Assert.Equal("stopping\n", await File.ReadAllTextAsync(Path.Combine(shared, "stopping")));
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    [ContainerdFact]
    public async Task A_part_of_a_volume_is_mounted_without_leaving_the_volume()
    {
        await using var node = await OneNode.StartAsync();
        var volume = new V1Volume { Name = "data", EmptyDir = new V1EmptyDirVolumeSource() };
        await node.RunAsync("inside", "touch /part/x; " + Forever, p => Change(p, c => c with
        {
            Env = [new V1EnvVar { Name = "NAME", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" } } }],
            VolumeMounts = [new V1VolumeMount { Name = "data", MountPath = "/part", SubPathExpr = "deep/$(NAME)" }],
        }, volume));
        var pod = await node.UntilAsync("inside", p => p.Status.Phase == "Running");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(node.Options.PodDirectory, pod.Metadata.Uid, "volumes/kubernetes.io~empty-dir/data/deep/inside/x")));

        await node.RunAsync("outside", Forever, p => Change(p with
        {
            Spec = p.Spec with
            {
                InitContainers = [p.Spec.Containers[0] with { Name = "trap", Command = ["sh", "-c", "ln -s / /data/way"], VolumeMounts = [new V1VolumeMount { Name = "data", MountPath = "/data" }] }],
            },
        }, c => c with { VolumeMounts = [new V1VolumeMount { Name = "data", MountPath = "/part", SubPath = "way/etc" }] }, volume));
        var refused = await node.UntilAsync("outside", p => p.Status.ContainerStatuses is [{ State.Waiting.Reason: "CreateContainerConfigError" }]);
        Assert.StartsWith("failed to prepare subPath", refused.Status.ContainerStatuses[0].State.Waiting!.Message, StringComparison.Ordinal);
    }

    private static V1Pod Change(V1Pod pod, Func<V1Container, V1Container> change, params V1Volume[] volumes) =>
        pod with { Spec = pod.Spec with { Containers = [change(pod.Spec.Containers[0])], Volumes = volumes } };
}
