using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Deployments;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.Deployments;

/// <summary>A Deployment and its ReplicaSets, whose pods come and go as the test says.</summary>
internal sealed class DeploymentWorld
{
    private readonly Dictionary<string, V1ReplicaSet> _sets = new(StringComparer.Ordinal);
    private int _born;

    public DeploymentWorld(int replicas, IntOrStringPair? limits = null, string strategy = "RollingUpdate")
    {
        Deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "web", Uid = "deployment-uid", Generation = 1 },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                Selector = Make.Selector,
                Template = Make.Template(),
                ProgressDeadlineSeconds = 600,
                RevisionHistoryLimit = 10,
                Strategy = new V1DeploymentStrategy
                {
                    Type = strategy,
                    RollingUpdate = strategy == "Recreate" ? null : new V1RollingUpdateDeployment { MaxSurge = limits?.Surge ?? "25%", MaxUnavailable = limits?.Unavailable ?? "25%" },
                },
            },
        };
    }

    public V1Deployment Deployment { get; set; }

    public DateTimeOffset Now { get; set; } = Make.Now;

    /// <summary>Old sets that have pods which are on their way out.</summary>
    public HashSet<string> Populated { get; } = new(StringComparer.Ordinal);

    public List<string> Messages { get; } = [];

    public IReadOnlyList<V1ReplicaSet> Sets => [.. _sets.Values.OrderBy(s => s.Metadata.CreationTimestamp)];

    public int Total => _sets.Values.Sum(s => s.Spec.Replicas ?? 0);

    public int Available => _sets.Values.Sum(s => Math.Min(s.Status.AvailableReplicas, s.Spec.Replicas ?? 0));

    public string Sizes => string.Join(' ', Sets.Select(s => s.Spec.Replicas));

    public V1ReplicaSet New => DeploymentPlanner.FindNew(Deployment, Sets)!;

    public V1DeploymentCondition? Condition(string type) => Deployment.Status.Conditions.FirstOrDefault(c => c.Type == type);

    public void Roll(string image) => Deployment = Deployment with
    {
        Spec = Deployment.Spec with { Template = Make.Template(image) }, Metadata = Deployment.Metadata with { Generation = Deployment.Metadata.Generation + 1 },
    };

    public void Change(Func<V1DeploymentSpec, V1DeploymentSpec> change) => Deployment = Deployment with { Spec = change(Deployment.Spec) };

    /// <summary>One plan, performed. Answers whether it changed anything.</summary>
    public bool Step()
    {
        var plan = DeploymentPlanner.Plan(new DeploymentView { Deployment = Deployment, Sets = Sets, Populated = Populated, Now = Now });
        var before = Deployment;
        foreach (var intent in plan.Intents)
        {
            Perform(intent);
        }

        Deployment = Deployment with { Status = plan.Status };
        return plan.Intents.Count > 0 || before != Deployment;
    }

    public void Settle()
    {
        for (var i = 0; i < 50; i++)
        {
            if (!Step())
            {
                return;
            }
        }

        Assert.Fail("the Deployment does not come to rest");
    }

    /// <summary>What the ReplicaSet's controller and the nodes do: its pods come to be, and so many are available.</summary>
    public void Progress(V1ReplicaSet set, int available)
    {
        var wanted = set.Spec.Replicas ?? 0;
        var now = Math.Clamp(available, 0, wanted);
        _sets[set.Metadata.Name] = set with { Status = set.Status with { Replicas = wanted, ReadyReplicas = now, AvailableReplicas = now, FullyLabeledReplicas = wanted } };
    }

    /// <summary>All pods come to be available, plan after plan, until nothing is left to do.</summary>
    public void Finish()
    {
        for (var i = 0; i < 100; i++)
        {
            var changed = Step();
            foreach (var set in Sets)
            {
                Progress(set, int.MaxValue);
            }

            if (!changed && !Step())
            {
                return;
            }
        }

        Assert.Fail("the rollout does not end");
    }

    private void Perform(Intent intent)
    {
        switch (intent)
        {
            case Create<V1ReplicaSet> create:
                var meta = create.Object.Metadata;
                Assert.False(_sets.ContainsKey(meta.Name), "created twice");
                _sets[meta.Name] = create.Object with { Metadata = meta with { Uid = "uid-" + meta.Name, CreationTimestamp = Make.Now.AddSeconds(++_born) } };
                break;
            case Update<V1ReplicaSet> update:
                _sets[update.Object.Metadata.Name] = update.Object;
                break;
            case Delete<V1ReplicaSet> delete:
                _sets.Remove(delete.Key.Name);
                break;
            case Patch<V1Deployment> patch:
                Annotate(patch.Body);
                break;
            default:
                throw new InvalidOperationException($"unexpected {intent}");
        }

        if (intent.Announce is { } told)
        {
            Messages.Add(told.Message);
        }
    }

    private void Annotate(PatchBody body)
    {
        using var json = JsonDocument.Parse(body.Content);
        var annotations = json.RootElement.GetProperty("metadata").GetProperty("annotations").EnumerateObject().ToDictionary(a => a.Name, a => a.Value.GetString()!);
        Deployment = Deployment with { Metadata = Deployment.Metadata with { Annotations = annotations } };
    }
}

/// <summary>The limits of a rolling update.</summary>
internal sealed record IntOrStringPair(Api.IntOrString Surge, Api.IntOrString Unavailable);
