using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Real;

/// <summary>Pods from their creation in the API to their removal, with real containers.</summary>
public sealed class Real_pods
{
    [ContainerdFact]
    [Trait("Conformance", "ServiceAccounts should mount projected service account token")]
    public async Task A_pod_with_volumes_variables_and_probes_becomes_ready_and_leaves_nothing()
    {
        await using var node = await OneNode.StartAsync();
        await node.CreateAsync(new V1ConfigMap { Metadata = Named("settings"), Data = new Dictionary<string, string> { ["color"] = "red" } });
        await node.CreateAsync(new V1Secret { Metadata = Named("words"), Data = new Dictionary<string, byte[]> { ["word"] = "hush"u8.ToArray() } });
        const string Script = """
            cat /config/color; echo; cat /secret/word; echo; echo $WHO $COLOR $IP; cat /one; echo; stat -c %a:%u:%g $(readlink -f /token/token); grep -c . /token/token
            id; hostname; grep -c p1 /etc/hosts; stat -f -c %T /memory /secret; touch /scratch/made; echo last words >/dev/termination-log
            touch /scratch/ready; while test ! -e /scratch/stop; do sleep 0.1; done
            """;
        var pod = await node.RunAsync("p1", Script, pod => pod with
        {
            Spec = pod.Spec with
            {
                SecurityContext = new V1PodSecurityContext { FsGroup = 2000, RunAsUser = 1000, RunAsGroup = 1000 },
                Volumes =
                [
                    new V1Volume { Name = "config", ConfigMap = new V1ConfigMapVolumeSource { Name = "settings" } },
                    new V1Volume { Name = "secret", Secret = new V1SecretVolumeSource { SecretName = "words", DefaultMode = 0b110_000_000 } },
                    new V1Volume { Name = "memory", EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = Quantity.Parse("1Mi") } },
                    new V1Volume { Name = "scratch", EmptyDir = new V1EmptyDirVolumeSource() },
                    new V1Volume { Name = "token", Projected = new V1ProjectedVolumeSource { Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Path = "token" } }] } },
                ],
                Containers =
                [
                    pod.Spec.Containers[0] with
                    {
                        Env =
                        [
                            new V1EnvVar { Name = "COLOR", ValueFrom = new V1EnvVarSource { ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = "settings", Key = "color" } } },
                            new V1EnvVar { Name = "WHO", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" } } },
                            new V1EnvVar { Name = "IP", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "status.podIP" } } },
                        ],
                        VolumeMounts =
                        [
                            Mount("config", "/config"), Mount("secret", "/secret"), Mount("memory", "/memory"), Mount("scratch", "/scratch"), Mount("token", "/token"),
                            Mount("config", "/one") with { SubPath = "color" },
                        ],
                        ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["/bin/test", "-e", "/scratch/ready"] }, PeriodSeconds = 1 },
                        Resources = new V1ResourceRequirements { Limits = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse("64Mi"), ["cpu"] = Quantity.Parse("500m") } },
                    },
                ],
            },
        });
        var ready = await node.UntilAsync("p1", p => p.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }));
        var log = node.Log(ready).Split('\n');
        Assert.Equal(["red", "hush", $"p1 red {ready.Status.PodIP}"], log[..3]);
        Assert.Contains("red", log[3..5]);
        Assert.Contains(log, l => l.StartsWith("uid=1000 gid=1000 groups=1000,2000", StringComparison.Ordinal));
        Assert.Contains("p1", log);
        Assert.Contains(log, l => l.EndsWith(":1000:2000", StringComparison.Ordinal));
        Assert.Equal("Running", ready.Status.Phase);
        Assert.Equal("Guaranteed", ready.Status.QosClass);

        // A change of the map shows in the volume.
        await node.Api.UpdateAsync((await node.Api.GetAsync<V1ConfigMap>("default", "settings"))! with { Data = new Dictionary<string, string> { ["color"] = "blue" } });
        var file = Path.Combine(node.Options.PodDirectory, pod.Metadata.Uid, "volumes/kubernetes.io~configmap/config/color");
        await Eventually.TrueAsync(async () => await File.ReadAllTextAsync(file) == "blue");

        await node.Api.DeleteAsync<V1Pod>("default", "p1");
        await node.GoneAsync("p1");
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(node.Options.PodDirectory, pod.Metadata.Uid))));
        Assert.Empty(await node.Runtime.ListSandboxesAsync(pod.Metadata.Uid, CancellationToken.None));
        var events = await node.EventsAsync("p1");
        Assert.Superset(new HashSet<string> { "Pulled", "Created", "Started", "Killing" }, events.ToHashSet());
    }

    [ContainerdFact]
    public async Task Pods_that_end_fail_crash_or_cannot_start_say_so()
    {
        await using var node = await OneNode.StartAsync();
        await node.RunAsync("done", "echo done; echo bye >/dev/termination-log", Once);
        await node.RunAsync("failed", "exit 3", Once);
        await node.RunAsync("crashing", "exit 1");
        await node.RunAsync("absent", "true", p => p with { Spec = p.Spec with { Containers = [p.Spec.Containers[0] with { Image = "gantry.local/absent:1", ImagePullPolicy = "Never" }] } });
        await node.RunAsync("unset", "true", p => p with
        {
            Spec = p.Spec with { Containers = [p.Spec.Containers[0] with { EnvFrom = [new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = "later" } }] }] },
        });
        await node.RunAsync("initialized", "cat /share/x; while true; do sleep 1; done", p => p with
        {
            Spec = p.Spec with
            {
                Volumes = [new V1Volume { Name = "share", EmptyDir = new V1EmptyDirVolumeSource() }],
                InitContainers = [p.Spec.Containers[0] with { Name = "init", Command = ["/bin/sh", "-c", "echo made >/share/x"], VolumeMounts = [Mount("share", "/share")] }],
                Containers = [p.Spec.Containers[0] with { VolumeMounts = [Mount("share", "/share")] }],
            },
        });

        var done = await node.UntilAsync("done", p => p.Status.Phase == "Succeeded");
        Assert.Equal("Completed", done.Status.ContainerStatuses[0].State.Terminated?.Reason);
        Assert.Equal("bye\n", done.Status.ContainerStatuses[0].State.Terminated?.Message);
        Assert.Equal("done", node.Log(done));
        var failed = await node.UntilAsync("failed", p => p.Status.Phase == "Failed");
        Assert.Equal(3, failed.Status.ContainerStatuses[0].State.Terminated?.ExitCode);
        var crashing = await node.UntilAsync("crashing", p => p.Status.ContainerStatuses is [{ State.Waiting.Reason: "CrashLoopBackOff" }]);
        Assert.Equal(1, crashing.Status.ContainerStatuses[0].RestartCount);
        Assert.Equal(1, crashing.Status.ContainerStatuses[0].LastState.Terminated?.ExitCode);
        await node.UntilAsync("absent", p => p.Status.ContainerStatuses is [{ State.Waiting.Reason: "ErrImageNeverPull" }]);

        // An image that is loaded is used at once.
        await node.LoadAsync("gantry.local/absent:1");
        await node.UntilAsync("absent", p => p.Status.ContainerStatuses is [{ State.Waiting: null } or { RestartCount: > 0 }], TimeSpan.FromSeconds(5));
        var initialized = await node.UntilAsync("initialized", p => p.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }));
        Assert.Equal("made", node.Log(initialized));
        await node.UntilAsync("unset", p => p.Status.ContainerStatuses is [{ State.Waiting: { Reason: "CreateContainerConfigError", Message: "configmap \"later\" not found" } }]);
        await node.CreateAsync(new V1ConfigMap { Metadata = Named("later"), Data = new Dictionary<string, string> { ["A"] = "1" } });
        await node.UntilAsync("unset", p => p.Status.ContainerStatuses is [{ LastState.Terminated: not null }]);
    }

    [ContainerdFact]
    public async Task A_new_agent_takes_over_what_runs_and_removes_what_was_deleted_meanwhile()
    {
        await using var node = await OneNode.StartAsync();
        await node.RunAsync("stays", "while true; do sleep 1; done");
        await node.RunAsync("goes", "while true; do sleep 1; done");
        var stays = await node.UntilAsync("stays", p => p.Status.Phase == "Running");
        var goes = await node.UntilAsync("goes", p => p.Status.Phase == "Running");
        await node.StopAgentAsync();
        await node.Api.DeleteAsync<V1Pod>("default", "goes", new V1DeleteOptions { GracePeriodSeconds = 0 });
        node.StartAgent();
        await Eventually.TrueAsync(async () => (await node.Runtime.ListSandboxesAsync(goes.Metadata.Uid, CancellationToken.None)).Count == 0);
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(node.Options.PodDirectory, goes.Metadata.Uid))));
        var after = await node.UntilAsync("stays", p => p.Status.Phase == "Running");
        Assert.Equal(stays.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);

        // What ends from now on is noticed again.
        var id = after.Status.ContainerStatuses[0].ContainerID["containerd://".Length..];
        await node.Runtime.StopContainerAsync(id, TimeSpan.Zero, CancellationToken.None);
        var again = await node.UntilAsync("stays", p => p.Status.ContainerStatuses is [{ RestartCount: 1, State.Running: not null }]);
        Assert.Equal(137, again.Status.ContainerStatuses[0].LastState.Terminated?.ExitCode);
    }

    private static V1Pod Once(V1Pod pod) => pod with { Spec = pod.Spec with { RestartPolicy = "Never" } };

    private static V1ObjectMeta Named(string name) => new() { Namespace = "default", Name = name };

    private static V1VolumeMount Mount(string name, string path) => new() { Name = name, MountPath = path };
}
