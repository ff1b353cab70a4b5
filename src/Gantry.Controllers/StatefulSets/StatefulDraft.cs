using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.StatefulSets;

/// <summary>One plan for the pods of a StatefulSet, in the order in which its guarantees want them handled.</summary>
internal sealed class StatefulDraft
{
    private readonly V1StatefulSet _set;
    private readonly StatefulView _view;
    private readonly V1ControllerRevision _current;
    private readonly V1ControllerRevision _update;
    private readonly int _start;
    private readonly V1Pod?[] _replicas;
    private readonly List<V1Pod> _condemned = [];
    private readonly List<Intent> _intents = [];
    private readonly Dictionary<string, V1PersistentVolumeClaim> _claims;
    private readonly bool _ordered;

    public StatefulDraft(StatefulView view, IReadOnlyList<V1Pod> pods, V1ControllerRevision current, V1ControllerRevision update)
    {
        (_view, _set, _current, _update) = (view, view.Set, current, update);
        _start = StatefulPods.Start(_set);
        _ordered = _set.Spec.PodManagementPolicy != "Parallel";
        _claims = view.Claims.ToDictionary(c => c.Metadata.Name, StringComparer.Ordinal);
        _replicas = new V1Pod?[StatefulPods.Replicas(_set)];
        foreach (var pod in pods.OrderByDescending(p => StatefulPods.Ordinal(_set, p)))
        {
            if (StatefulPods.Ordinal(_set, pod) is not { } ordinal)
            {
                continue;
            }

            if (ordinal >= _start && ordinal < _start + _replicas.Length)
            {
                _replicas[ordinal - _start] = pod;
            }
            else
            {
                _condemned.Add(pod);
            }
        }

        Status = Count(pods);
    }

    public V1StatefulSetStatus Status { get; private set; }

    public IReadOnlyList<Intent> Intents => _intents;

    public TimeSpan? Look { get; private set; }

    public void Run()
    {
        // 1. The wanted pods, from the first to the last; in order, each waits for those before it.
        for (var i = 0; i < _replicas.Length; i++)
        {
            if (!Keep(i))
            {
                return;
            }
        }

        // 2. Pods beyond the wanted number, from the last to the first.
        foreach (var pod in _condemned)
        {
            Retain(pod, StatefulPods.Ordinal(_set, pod)!.Value, isScaledDown: true);
        }

        foreach (var pod in _condemned)
        {
            if (!Remove(pod))
            {
                return;
            }
        }

        // 3. Old templates, from the last to the first, one at a time.
        if (_set.Spec.UpdateStrategy.Type != "OnDelete")
        {
            Update();
        }
    }

    /// <summary>Answers whether the next pod may be handled.</summary>
    private bool Keep(int index)
    {
        var ordinal = _start + index;
        if (_replicas[index] is not { } pod)
        {
            return Create(ordinal) && !_ordered;
        }

        if (PodFacts.IsTerminal(pod))
        {
            if (pod.Metadata.DeletionTimestamp is null)
            {
                var (reason, what) = pod.Status.Phase == "Failed" ? ("RecreatingFailedPod", "failed") : ("RecreatingTerminatedPod", "terminated");
                _intents.Add(new Tell(
                    ObjectReferences.To(_set), "Warning", reason, $"StatefulSet {_set.Metadata.Namespace}/{_set.Metadata.Name} is recreating {what} Pod {pod.Metadata.Name}"));
                Delete(pod);
            }

            return false;
        }

        if (pod.Status.Phase is "Pending" or "")
        {
            MakeClaims(ordinal);
        }

        if (_ordered && (pod.Metadata.DeletionTimestamp is not null || !IsAvailable(pod)))
        {
            return false;
        }

        if (pod.Metadata.DeletionTimestamp is null)
        {
            Identify(pod, ordinal);
        }

        return true;
    }

    /// <summary>Answers whether the pod could be made.</summary>
    private bool Create(int ordinal)
    {
        var name = StatefulPods.Name(_set, ordinal);
        foreach (var claim in _set.Spec.VolumeClaimTemplates.Select(t => _claims.GetValueOrDefault(StatefulPods.ClaimName(_set, t, ordinal))))
        {
            // A claim of a former pod, or one on its way out, must be gone first: the new pod would lose it.
            if (claim is not null && (claim.Metadata.DeletionTimestamp is not null || claim.Metadata.OwnerReferences.Any(o => o.Kind == "Pod" && o.Name == name)))
            {
                Look = TimeSpan.FromSeconds(1);
                return false;
            }
        }

        MakeClaims(ordinal);
        var old = NeedsCurrent(ordinal);
        var revision = old ? _current : _update;
        var template = old ? RevisionData.Template(_current) ?? _set.Spec.Template : _set.Spec.Template;
        _intents.Add(new Create<V1Pod>(StatefulPods.New(_set, template, revision.Metadata.Name, ordinal))
        {
            Announce = new Announcement(
                ObjectReferences.To(_set), "SuccessfulCreate", $"create Pod {name} in StatefulSet {_set.Metadata.Name} successful",
                "FailedCreate", $"create Pod {name} in StatefulSet {_set.Metadata.Name} failed error: {{0}}"),
        });
        Status = Status with
        {
            Replicas = Status.Replicas + 1,
            CurrentReplicas = Status.CurrentReplicas + (revision.Metadata.Name == _current.Metadata.Name ? 1 : 0),
            UpdatedReplicas = Status.UpdatedReplicas + (revision.Metadata.Name == _update.Metadata.Name ? 1 : 0),
        };
        return true;
    }

    /// <summary>Whether a new pod of that number is still of the revision before the update.</summary>
    private bool NeedsCurrent(int ordinal) => _set.Spec.UpdateStrategy.Type != "OnDelete"
        && (_set.Spec.UpdateStrategy.RollingUpdate?.Partition is { } partition ? ordinal < _start + partition : ordinal < _start + _set.Status.CurrentReplicas);

    private void MakeClaims(int ordinal)
    {
        foreach (var template in _set.Spec.VolumeClaimTemplates.Where(t => !_claims.ContainsKey(StatefulPods.ClaimName(_set, t, ordinal))))
        {
            var claim = StatefulPods.Claim(_set, template, ordinal);
            var what = $"create Claim {claim.Metadata.Name} Pod {StatefulPods.Name(_set, ordinal)} in StatefulSet {_set.Metadata.Name}";
            _intents.Add(new Create<V1PersistentVolumeClaim>(claim)
            {
                OrExists = true,
                Announce = new Announcement(ObjectReferences.To(_set), "SuccessfulCreate", what + " success", "FailedCreate", what + " failed error: {0}"),
            });
        }
    }

    private void Identify(V1Pod pod, int ordinal)
    {
        var identified = StatefulPods.Identified(_set, ordinal, pod);
        if (!identified.Metadata.Labels.OrderBy(l => l.Key).SequenceEqual(pod.Metadata.Labels.OrderBy(l => l.Key)))
        {
            _intents.Add(new Update<V1Pod>(pod with { Metadata = pod.Metadata with { Labels = identified.Metadata.Labels } }));
        }

        Retain(pod, ordinal, isScaledDown: false);
    }

    /// <summary>Sees to it that the pod's claims go, or stay, with whom the retention policy says.</summary>
    private void Retain(V1Pod pod, int ordinal, bool isScaledDown)
    {
        foreach (var template in _set.Spec.VolumeClaimTemplates)
        {
            if (_claims.GetValueOrDefault(StatefulPods.ClaimName(_set, template, ordinal)) is { Metadata.DeletionTimestamp: null } claim
                && StatefulPods.SetOwners(_set, claim.Metadata.OwnerReferences, isScaledDown, pod) is { } owners && !ReferenceEquals(owners, claim.Metadata.OwnerReferences))
            {
                _intents.Add(new Update<V1PersistentVolumeClaim>(claim with { Metadata = claim.Metadata with { OwnerReferences = owners } }));
            }
        }
    }

    /// <summary>Answers whether the next pod may be handled.</summary>
    private bool Remove(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return !_ordered;
        }

        // In order nothing is taken away while another pod does not serve, unless it is that one. A pod that has ended never will.
        if (_ordered && !PodFacts.IsTerminal(pod) && !IsAvailable(pod) && FirstUnhealthy() is { } broken && broken != pod)
        {
            return false;
        }

        Delete(pod);
        return !_ordered;
    }

    private V1Pod? FirstUnhealthy() => _replicas.Concat(_condemned.AsEnumerable().Reverse())
        .FirstOrDefault(p => p is not null && !PodFacts.IsTerminal(p) && (!IsAvailable(p) || p.Metadata.DeletionTimestamp is not null));

    private void Update()
    {
        var partition = Math.Max(0, _set.Spec.UpdateStrategy.RollingUpdate?.Partition ?? 0);
        for (var i = _replicas.Length - 1; i >= partition; i--)
        {
            if (_replicas[i] is not { } pod)
            {
                return;
            }

            if (StatefulPods.RevisionOf(pod) != _update.Metadata.Name && pod.Metadata.DeletionTimestamp is null)
            {
                Delete(pod);
                Status = Status with { CurrentReplicas = Math.Max(0, Status.CurrentReplicas - 1) };
                return;
            }

            if (pod.Metadata.DeletionTimestamp is not null || !IsAvailable(pod))
            {
                return;
            }
        }
    }

    private void Delete(V1Pod pod)
    {
        var what = $"delete Pod {pod.Metadata.Name} in StatefulSet {_set.Metadata.Name}";
        _intents.Add(new Delete<V1Pod>(ObjectKey.Of(pod), pod.Metadata.Uid)
        {
            Announce = new Announcement(ObjectReferences.To(_set), "SuccessfulDelete", what + " successful", "FailedDelete", what + " failed error: {0}"),
        });
    }

    private bool IsAvailable(V1Pod pod) => pod.Status.Phase == "Running" && PodFacts.IsAvailable(pod, _set.Spec.MinReadySeconds, _view.Now);

    private V1StatefulSetStatus Count(IReadOnlyList<V1Pod> pods)
    {
        var (replicas, ready, available, current, updated) = (0, 0, 0, 0, 0);
        foreach (var pod in pods)
        {
            replicas++;
            if (pod.Metadata.DeletionTimestamp is null)
            {
                current += StatefulPods.RevisionOf(pod) == _current.Metadata.Name ? 1 : 0;
                updated += StatefulPods.RevisionOf(pod) == _update.Metadata.Name ? 1 : 0;
            }

            if (pod.Status.Phase != "Running" || PodFacts.AvailableIn(pod, _set.Spec.MinReadySeconds, _view.Now) is not { } wait)
            {
                continue;
            }

            ready++;
            available += wait == TimeSpan.Zero ? 1 : 0;
            Look = wait > TimeSpan.Zero && (Look is null || wait < Look) ? wait : Look;
        }

        return _set.Status with
        {
            ObservedGeneration = _set.Metadata.Generation,
            Replicas = replicas,
            ReadyReplicas = ready,
            AvailableReplicas = available,
            CurrentReplicas = current,
            UpdatedReplicas = updated,
            CurrentRevision = _current.Metadata.Name,
            UpdateRevision = _update.Metadata.Name,
            CollisionCount = _set.Status.CollisionCount ?? 0,
        };
    }
}
