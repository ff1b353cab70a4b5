using System.Globalization;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of a pod: its phase alone says little, so the status is the most telling state of its containers.</summary>
internal sealed class PodCells
{
    private readonly V1Pod _pod;
    private readonly HashSet<string> _sidecars;
    private string _status;
    private int _ready;
    private int _restarts;
    private int _sidecarRestarts;
    private DateTimeOffset? _lastRestart;
    private DateTimeOffset? _lastSidecarRestart;

    private PodCells(V1Pod pod)
    {
        _pod = pod;
        _sidecars = pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always").Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        _status = pod.Status.Reason.Length > 0 ? pod.Status.Reason : pod.Status.Phase;
    }

    public static IReadOnlyList<Tree> Of(V1Pod pod, DateTimeOffset now) => new PodCells(pod).Cells(now);

    private IReadOnlyList<Tree> Cells(DateTimeOffset now)
    {
        var (spec, status) = (_pod.Spec, _pod.Status);
        if (status.Conditions.Any(c => c is { Type: "PodScheduled", Reason: "SchedulingGated" }))
        {
            _status = "SchedulingGated";
        }

        var initializing = Initialization();
        if (!initializing || IsTrue("Initialized"))
        {
            Containers();
        }

        if (_pod.Metadata.DeletionTimestamp is not null)
        {
            _status = status.Reason == "NodeLost" ? "Unknown" : status.Phase is "Succeeded" or "Failed" ? _status : "Terminating";
        }

        var restarts = CellText.Number(_restarts);
        if (_restarts != 0 && _lastRestart is not null)
        {
            restarts += $" ({HumanTime.Since(_lastRestart, now)} ago)";
        }

        return
        [
            _pod.Metadata.Name,
            CellText.Of(_ready, spec.Containers.Count + _sidecars.Count),
            _status,
            restarts,
            HumanTime.Since(_pod.Metadata.CreationTimestamp, now),
            CellText.OrNone(status.PodIPs.Count > 0 ? status.PodIPs[0].Ip : ""),
            CellText.OrNone(spec.NodeName),
            CellText.OrNone(status.NominatedNodeName),
            spec.ReadinessGates.Count == 0 ? CellText.None : CellText.Of(spec.ReadinessGates.Count(g => IsTrue(g.ConditionType)), spec.ReadinessGates.Count),
        ];
    }

    /// <summary>Looks at the init containers up to the one that has not done its work, and returns whether there is one.</summary>
    private bool Initialization()
    {
        for (var i = 0; i < _pod.Status.InitContainerStatuses.Count; i++)
        {
            var container = _pod.Status.InitContainerStatuses[i];
            var isSidecar = _sidecars.Contains(container.Name);
            _restarts += container.RestartCount;
            _lastRestart = Later(_lastRestart, container);
            if (isSidecar)
            {
                _sidecarRestarts += container.RestartCount;
                _lastSidecarRestart = Later(_lastSidecarRestart, container);
            }

            if (container.State.Terminated is { ExitCode: 0 })
            {
                continue;
            }

            if (isSidecar && container.Started == true)
            {
                _ready += container.Ready ? 1 : 0;
                continue;
            }

            _status = "Init:" + (container.State switch
            {
                { Terminated: { } ended } => End(ended),
                { Waiting.Reason: { Length: > 0 } reason } when reason != "PodInitializing" => reason,
                _ => CellText.Of(i, _pod.Spec.InitContainers.Count),
            });
            return true;
        }

        return false;
    }

    private void Containers()
    {
        (_restarts, _lastRestart) = (_sidecarRestarts, _lastSidecarRestart);
        var running = false;
        foreach (var container in _pod.Status.ContainerStatuses.Reverse())
        {
            _restarts += container.RestartCount;
            _lastRestart = Later(_lastRestart, container);
            switch (container.State)
            {
                case { Waiting.Reason: { Length: > 0 } reason }:
                    _status = reason;
                    break;
                case { Terminated: { } ended }:
                    _status = End(ended);
                    break;
                case { Running: not null } when container.Ready:
                    running = true;
                    _ready++;
                    break;
            }
        }

        // Something still runs, whatever else has ended.
        if (_status == "Completed" && running)
        {
            _status = IsTrue("Ready") ? "Running" : "NotReady";
        }
    }

    private bool IsTrue(string condition) => _pod.Status.Conditions.Any(c => c.Type == condition && c.Status == "True");

    private static string End(V1ContainerStateTerminated ended) => ended.Reason.Length > 0 ? ended.Reason
        : ended.Signal != 0 ? string.Create(CultureInfo.InvariantCulture, $"Signal:{ended.Signal}")
        : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{ended.ExitCode}");

    private static DateTimeOffset? Later(DateTimeOffset? known, V1ContainerStatus container) =>
        container.LastState.Terminated?.FinishedAt is { } ended && (known is null || ended > known) ? ended : known;
}
