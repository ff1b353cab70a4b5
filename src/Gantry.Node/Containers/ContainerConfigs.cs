using System.Globalization;
using Gantry.Api.Models;
using Gantry.Node.Cri;
using Gantry.Node.Pods;

namespace Gantry.Node.Containers;

/// <summary>The description of a container for the runtime.</summary>
public static class ContainerConfigs
{
    /// <exception cref="ConfigurationException">The container must not run as root, and would or might.</exception>
    public static ContainerConfig Of(V1Pod pod, V1Container container, ContainerInputs inputs)
    {
        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = container.Name, Attempt = (uint)inputs.RestartCount },
            Image = new ImageSpec { Image = inputs.ImageRef, UserSpecifiedImage = container.Image },
            WorkingDir = container.WorkingDir,
            LogPath = RuntimeNames.LogFile(container.Name, inputs.RestartCount),
            Stdin = container.Stdin,
            StdinOnce = container.StdinOnce,
            Tty = container.Tty,
            Linux = new LinuxContainerConfig
            {
                Resources = ContainerLimits.Of(pod, container, inputs.Memory, inputs.UnifiedCgroups),
                SecurityContext = ContainerSecurity.Of(pod, container, inputs.User, inputs.SeccompDirectory),
            },
        };
        config.Command.Add(container.Command.Select(c => Expansion.Expand(c, inputs.Environment)));
        config.Args.Add(container.Args.Select(a => Expansion.Expand(a, inputs.Environment)));
        config.Envs.Add(inputs.Environment.Select(v => new KeyValue { Key = v.Key, Value = v.Value }));
        config.Mounts.Add(inputs.Mounts);
        config.Labels.Add(RuntimeNames.Labels(pod));
        config.Labels[RuntimeNames.ContainerName] = container.Name;
        config.Annotations[RuntimeNames.RestartCount] = inputs.RestartCount.ToString(CultureInfo.InvariantCulture);
        config.Annotations[RuntimeNames.Hash] = PodSpecs.Hash(container);
        config.Annotations[RuntimeNames.GraceSeconds] = (pod.Spec.TerminationGracePeriodSeconds switch { null => 30, < 0 => 1, var seconds => seconds.Value }).ToString(CultureInfo.InvariantCulture);
        if (inputs.ProcessesOf is { } target)
        {
            config.Linux.SecurityContext.NamespaceOptions.Pid = NamespaceMode.Target;
            config.Linux.SecurityContext.NamespaceOptions.TargetId = target;
        }

        return config;
    }
}
