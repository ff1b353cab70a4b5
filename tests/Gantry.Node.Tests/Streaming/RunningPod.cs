using Gantry.Api.Models;
using Gantry.Node.Cri;
using Gantry.Node.Pods;
using Gantry.Node.Runtime;

namespace Gantry.Node.Tests.Streaming;

internal sealed class RunningPod(CriRuntime runtime, V1Pod pod, PodSandboxConfig config, string sandbox, bool stdin, bool tty)
{
    private int _attempts;

    public V1Pod Pod => pod;

    public string ContainerId { get; private set; } = "";

    public async Task StartAttemptAsync(string script)
    {
        var attempt = _attempts++;
        var container = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = "main", Attempt = (uint)attempt },
            Image = new ImageSpec { Image = HostProgramsImage.Reference },
            LogPath = RuntimeNames.LogFile("main", attempt),
            Stdin = stdin,
            Tty = tty,
            Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext { NamespaceOptions = config.Linux.SecurityContext.NamespaceOptions } },
        };
        container.Command.Add(["/bin/sh", "-c", script]);
        container.Labels.Add(RuntimeNames.Labels(pod));
        container.Labels[RuntimeNames.ContainerName] = "main";
        Directory.CreateDirectory(Path.Combine(config.LogDirectory, "main"));
        ContainerId = await runtime.CreateContainerAsync(sandbox, container, config, default);
        await runtime.StartContainerAsync(ContainerId, default);
    }

    public async Task StopAsync()
    {
        await runtime.StopSandboxAsync(sandbox, default);
        await runtime.RemoveSandboxAsync(sandbox, default);
    }

    public async Task UntilEndedAsync()
    {
        await foreach (var _ in Polls.EveryAsync(TimeSpan.FromMilliseconds(20)))
        {
            if ((await runtime.ContainerStatusAsync(ContainerId, default))!.State == ContainerState.ContainerExited)
            {
                return;
            }
        }
    }
}
