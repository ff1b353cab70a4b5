using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Deployments;

/// <summary>The ReplicaSets of a Deployment while a plan changes them; each becomes at most one update in the end.</summary>
internal sealed class Draft
{
    private readonly V1Deployment _deployment;
    private readonly List<V1ReplicaSet> _before = [];
    private readonly Dictionary<string, V1ReplicaSet> _now = new(StringComparer.Ordinal);

    public Draft(V1Deployment deployment, IEnumerable<V1ReplicaSet> sets, V1ReplicaSet? newSet)
    {
        _deployment = deployment;
        foreach (var set in sets)
        {
            _before.Add(set);
            _now[set.Metadata.Name] = set;
        }

        NewName = newSet?.Metadata.Name;
    }

    /// <summary>The set of the current template, null when there is none.</summary>
    public string? NewName { get; private set; }

    public V1ReplicaSet? New => NewName is null ? null : _now[NewName];

    /// <summary>Whether the new set is to be created by this plan.</summary>
    public bool Creates => NewName is not null && _before.All(s => s.Metadata.Name != NewName);

    public IEnumerable<V1ReplicaSet> All => _now.Values;

    /// <summary>The other sets, oldest first.</summary>
    public IReadOnlyList<V1ReplicaSet> Old => [.. _now.Values.Where(s => s.Metadata.Name != NewName).OrderBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)];

    public int Total => All.Sum(Replicas);

    public static int Replicas(V1ReplicaSet set) => set.Spec.Replicas ?? 1;

    /// <summary>Whether any size differs from before.</summary>
    public bool Resized => _before.Any(s => Replicas(s) != Replicas(_now[s.Metadata.Name])) || (New is { } made && Creates && Replicas(made) > 0);

    public void Add(V1ReplicaSet set)
    {
        NewName = set.Metadata.Name;
        _now[NewName] = set;
    }

    public void Set(V1ReplicaSet set) => _now[set.Metadata.Name] = set;

    public void Scale(V1ReplicaSet set, int replicas) => Set(set with { Spec = set.Spec with { Replicas = replicas } });

    /// <summary>The updates; those that take pods away come last, so that room is made only after help is on its way.</summary>
    public IEnumerable<Intent> Intents()
    {
        if (Creates)
        {
            var made = New!;
            yield return new Create<V1ReplicaSet>(made)
            {
                Announce = Replicas(made) == 0 ? null : Scaled(made.Metadata.Name, 0, Replicas(made)),
            };
        }

        foreach (var before in _before.OrderByDescending(s => Replicas(_now[s.Metadata.Name]) - Replicas(s)))
        {
            var now = _now[before.Metadata.Name];
            if (now != before)
            {
                yield return new Update<V1ReplicaSet>(now)
                {
                    Announce = Replicas(now) == Replicas(before) ? null : Scaled(now.Metadata.Name, Replicas(before), Replicas(now)),
                };
            }
        }
    }

    private Announcement Scaled(string name, int from, int to) =>
        new(ObjectReferences.To(_deployment), "ScalingReplicaSet", $"Scaled {(to > from ? "up" : "down")} replica set {name} from {from} to {to}", "", "");
}
