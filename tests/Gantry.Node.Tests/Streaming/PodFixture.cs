using System.Runtime.InteropServices;
using Gantry.Api.Models;
using Gantry.Node.Cri;
using Gantry.Node.Images;
using Gantry.Node.Pods;
using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Streaming;

/// <summary>Pods in a containerd of their own, shared by the tests of a class, behind a small API that the real kubectl can talk to.</summary>
public sealed class PodFixture : IAsyncLifetime
{
    private ContainerdFixture? _containerd;
    private StreamHost? _host;

    internal ContainerdFixture Containerd => _containerd ?? throw new InvalidOperationException("containers cannot run here");

    internal StreamHost Host => _host ?? throw new InvalidOperationException("containers cannot run here");

    public async Task InitializeAsync()
    {
        if (new ContainerdFactAttribute().Skip is not null)
        {
            return;
        }

        _containerd = await ContainerdFixture.StartAsync();
        await _containerd.Importer.ImportAsync(new MemoryStream(OciArchive.Pause(_containerd.Options.PauseImage, RuntimeInformation.ProcessArchitecture)), null, default);
        await _containerd.Importer.ImportAsync(new MemoryStream(await HostProgramsImage.BuildAsync()), null, default);
        _host = await StreamHost.StartAsync(_containerd.Runtime, _containerd.Options.State);
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_containerd is not null)
        {
            await _containerd.DisposeAsync();
        }
    }

    /// <summary>Runs a pod with one container, "main", that executes a shell script.</summary>
    internal async Task<RunningPod> RunAsync(string name, string script, bool hostNetwork = false, bool stdin = false, bool tty = false)
    {
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = name, Namespace = "default", Uid = name + "-uid" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "main", Stdin = stdin, Tty = tty }] } };
        var namespaces = new NamespaceOption { Pid = NamespaceMode.Container, Network = hostNetwork ? NamespaceMode.Node : NamespaceMode.Pod };
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = pod.Metadata.Uid },
            Hostname = hostNetwork ? "" : name,
            LogDirectory = Path.Combine(Containerd.Root, "logs", RuntimeNames.LogFolder(pod)),
            Linux = new LinuxPodSandboxConfig { CgroupParent = "/gantry-test", SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = namespaces } },
        };
        config.Labels.Add(RuntimeNames.Labels(pod));
        var sandbox = await Containerd.Runtime.RunSandboxAsync(config, default);
        var running = new RunningPod(Containerd.Runtime, pod, config, sandbox, stdin, tty);
        await running.StartAttemptAsync(script);
        Host.Pods[name] = pod;
        return running;
    }
}
