using System.Globalization;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>Questions about a pod's specification that several steps ask.</summary>
public static class PodSpecs
{
    /// <summary>An init container that goes on running beside the others.</summary>
    public static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    /// <summary>Init containers, then containers, in their order.</summary>
    public static IEnumerable<V1Container> AllContainers(V1Pod pod) => pod.Spec.InitContainers.Concat(pod.Spec.Containers);

    /// <summary>The containers that were added to the running pod to look into it; they start once and are never restarted.</summary>
    public static IEnumerable<V1Container> Ephemeral(V1Pod pod) => pod.Spec.EphemeralContainers.Select(Plain);

    /// <summary>The container whose processes an ephemeral container sees; empty: none.</summary>
    public static string Target(V1Pod pod, string ephemeral) => pod.Spec.EphemeralContainers.FirstOrDefault(c => c.Name == ephemeral)?.TargetContainerName ?? "";

    public static bool IsEphemeral(V1Pod pod, string container) => pod.Spec.EphemeralContainers.Any(c => c.Name == container);

    public static bool IsInit(V1Pod pod, string container) => pod.Spec.InitContainers.Any(c => c.Name == container);

    public static bool IsTerminal(V1Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>What the container must be made anew for when it changes: the image is all that the API lets change in place.</summary>
    public static string Hash(V1Container container) =>
        Fnv(container.Name + "\n" + container.Image);

    /// <summary>The seconds a pod gets to end: what its deletion asks for, else what it asked for itself. At least one.</summary>
    public static TimeSpan Grace(V1Pod pod)
    {
        var seconds = pod.Metadata.DeletionTimestamp is not null && pod.Metadata.DeletionGracePeriodSeconds is { } asked
            ? asked
            : pod.Spec.TerminationGracePeriodSeconds ?? 30;
        return TimeSpan.FromSeconds(Math.Max(1, seconds));
    }

    /// <summary>The name a pod's processes see as the machine's.</summary>
    public static string Hostname(V1Pod pod)
    {
        var name = pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name;
        // Linux allows 64 characters, DNS 63; a cut must not end in a separator.
        return name.Length <= 63 ? name : name[..63].TrimEnd('-', '.');
    }

    /// <summary>The full name in DNS, or empty for a pod without a subdomain.</summary>
    public static string FullHostname(V1Pod pod, string clusterDomain) =>
        pod.Spec.Subdomain.Length == 0 ? "" : $"{Hostname(pod)}.{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc.{clusterDomain}";

    private static V1Container Plain(V1EphemeralContainer c) => new()
    {
        Name = c.Name, Image = c.Image, Command = c.Command, Args = c.Args, WorkingDir = c.WorkingDir, Env = c.Env, EnvFrom = c.EnvFrom, VolumeMounts = c.VolumeMounts,
        TerminationMessagePath = c.TerminationMessagePath, TerminationMessagePolicy = c.TerminationMessagePolicy, ImagePullPolicy = c.ImagePullPolicy,
        SecurityContext = c.SecurityContext, Stdin = c.Stdin, StdinOnce = c.StdinOnce, Tty = c.Tty, RestartPolicy = "Never",
    };

    private static string Fnv(string text)
    {
        // FNV-1a: all that is wanted is that different texts differ.
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
