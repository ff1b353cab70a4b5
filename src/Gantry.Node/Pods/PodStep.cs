using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>One step that brings a pod closer to what its specification asks for.</summary>
public abstract record PodStep
{
    private PodStep()
    {
    }

    /// <summary>Puts the pod's volumes in place. Safe to repeat.</summary>
    public sealed record PrepareVolumes : PodStep;

    /// <summary>Makes the sandbox; an older one that is no longer ready is stopped first.</summary>
    public sealed record MakeSandbox(uint Attempt, string? Replaces) : PodStep;

    /// <param name="Container">What to start.</param>
    /// <param name="RestartCount">How many containers of the name there were before.</param>
    /// <param name="Ended">When the one before ended; null for the first.</param>
    public sealed record StartContainer(V1Container Container, int RestartCount, DateTimeOffset? Ended) : PodStep;

    /// <param name="Container">The container to end.</param>
    /// <param name="Message">Why, for the pod's user.</param>
    /// <param name="Grace">The time it gets, where it isn't the pod's.</param>
    public sealed record StopContainer(ContainerFact Container, string Message, TimeSpan? Grace) : PodStep;

    /// <summary>Removes a container that never ran.</summary>
    public sealed record RemoveContainer(ContainerFact Container) : PodStep;
}
