using Gantry.Api.Models;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests;

/// <summary>Pods, claims and revisions of one owner; performs plans as the API and the nodes would.</summary>
internal sealed class SetWorld
{
    private int _names;

    public Dictionary<string, V1Pod> Pods { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, V1ControllerRevision> Revisions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, V1PersistentVolumeClaim> Claims { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now { get; set; } = Make.Now;

    /// <summary>The names of created (+) and deleted (-) pods, in order.</summary>
    public List<string> Log { get; } = [];

    public void Perform(IEnumerable<Intent> intents)
    {
        foreach (var intent in intents)
        {
            Perform(intent);
        }
    }

    /// <summary>The scheduler and the nodes: pods come to run and to be ready; deleted ones end.</summary>
    public void Run(Func<V1Pod, bool>? which = null)
    {
        foreach (var (name, pod) in Pods.ToList())
        {
            if (which?.Invoke(pod) == false)
            {
                continue;
            }

            if (pod.Metadata.DeletionTimestamp is not null)
            {
                Pods.Remove(name);
            }
            else if (pod.Status.Phase == "Pending")
            {
                SetReady(name, true);
            }
        }
    }

    public void SetReady(string name, bool ready)
    {
        var pod = Pods[name];
        Pods[name] = pod with
        {
            Status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False", LastTransitionTime = Now }] },
        };
    }

    private void Perform(Intent intent)
    {
        switch (intent)
        {
            case Together together:
                Perform(together.Intents);
                break;
            case Create<V1Pod> create:
                var meta = create.Object.Metadata;
                var name = meta.Name.Length > 0 ? meta.Name : meta.GenerateName + ++_names;
                Assert.False(Pods.ContainsKey(name), name + " was made twice");
                Pods[name] = create.Object with
                {
                    Metadata = meta with { Name = name, Uid = $"uid-{name}-{++_names}", CreationTimestamp = Now.AddMilliseconds(_names) }, Status = new V1PodStatus { Phase = "Pending" },
                };
                Log.Add("+" + name);
                break;
            case Delete<V1Pod> delete:
                Pods[delete.Key.Name] = Make.Deleted(Pods[delete.Key.Name]);
                Log.Add("-" + delete.Key.Name);
                break;
            case Update<V1Pod> update:
                Pods[update.Object.Metadata.Name] = update.Object;
                break;
            case Create<V1ControllerRevision> create:
                Revisions[create.Object.Metadata.Name] = create.Object with { Metadata = create.Object.Metadata with { Uid = "uid-" + create.Object.Metadata.Name } };
                break;
            case Update<V1ControllerRevision> update:
                Revisions[update.Object.Metadata.Name] = update.Object;
                break;
            case Delete<V1ControllerRevision> delete:
                Revisions.Remove(delete.Key.Name);
                break;
            case Create<V1PersistentVolumeClaim> create:
                Claims[create.Object.Metadata.Name] = create.Object;
                break;
            case Update<V1PersistentVolumeClaim> update:
                Claims[update.Object.Metadata.Name] = update.Object;
                break;
            case Tell:
                break;
            default:
                throw new InvalidOperationException($"unexpected {intent}");
        }
    }
}
