using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Node.Machine;
using Gantry.Node.Probes;
using Gantry.Node.Runtime;
using Gantry.Node.Volumes;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Pods;

/// <summary>What all pod workers of a node share.</summary>
public sealed record PodParts
{
    public required IApiClient Api { get; init; }

    public required IContainerRuntime Runtime { get; init; }

    public required NodeOptions Options { get; init; }

    public required MachineResources Machine { get; init; }

    public required ImageProvider Images { get; init; }

    public required PodFolders Folders { get; init; }

    public required PodVolumes Volumes { get; init; }

    public required ContainerMounts Mounts { get; init; }

    public required ApiVolumeSource Objects { get; init; }

    public required Cache<V1Service> Services { get; init; }

    /// <summary>The pods of this node.</summary>
    public required Cache<V1Pod> Pods { get; init; }

    public required ProbeRunner Probes { get; init; }

    public required IEventRecorder Events { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Bounds what is made at once.</summary>
    public required SemaphoreSlim Starts { get; init; }
}
