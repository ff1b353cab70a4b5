using System.Globalization;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Jobs;

namespace Gantry.Controllers.Tests.Jobs;

/// <summary>A Job and its pods; performs plans as the API would, and can stop in the middle of one as a crash would.</summary>
internal sealed class JobWorld
{
    private readonly Dictionary<string, V1Pod> _pods = new(StringComparer.Ordinal);
    private int _names;

    public JobWorld(V1JobSpec spec)
    {
        var template = Make.Template();
        Job = new V1Job
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "work", Uid = "job-uid", ResourceVersion = "1" },
            Spec = spec with
            {
                Selector = Make.Selector,
                Template = template with { Spec = template.Spec with { RestartPolicy = spec.Template.Spec.RestartPolicy.Length > 0 ? spec.Template.Spec.RestartPolicy : "Never" } },
                Parallelism = spec.Parallelism ?? 1,
                BackoffLimit = spec.BackoffLimit ?? 6,
                CompletionMode = spec.CompletionMode ?? "NonIndexed",
            },
        };
    }

    public V1Job Job { get; set; }

    public DateTimeOffset Now { get; set; } = Make.Now;

    public JobRetries Retries { get; set; } = JobRetries.None;

    public List<string> Events { get; } = [];

    public IReadOnlyList<V1Pod> Pods => [.. _pods.Values];

    public IReadOnlyList<V1Pod> Active => [.. _pods.Values.Where(p => p.Status.Phase is "Pending" or "Running" && p.Metadata.DeletionTimestamp is null)];

    public string Conditions => string.Join(' ', Job.Status.Conditions.Where(c => c.Status == "True").Select(c => $"{c.Type}/{c.Reason}"));

    public JobPlan Plan() => JobPlanner.Plan(new JobView { Job = Job, Pods = Pods, Retries = Retries, Now = Now });

    /// <summary>One look of the controller. <paramref name="crashAfter"/> writes it stops.</summary>
    public JobPlan Step(int crashAfter = int.MaxValue)
    {
        var plan = Plan();
        foreach (var intent in plan.Pods.Concat(plan.Tracking))
        {
            if (!Perform(intent, ref crashAfter))
            {
                return plan;
            }
        }

        Retries = plan.Retries;
        return plan;
    }

    /// <summary>Looks until nothing changes any more.</summary>
    public void Settle()
    {
        for (var i = 0; i < 20; i++)
        {
            var plan = Step();
            if (plan.Pods.Count == 0 && plan.Tracking.Count == 0)
            {
                return;
            }
        }

        Assert.Fail("the Job does not come to rest");
    }

    public void End(V1Pod pod, int exitCode, string? condition = null)
    {
        var conditions = condition is null ? pod.Status.Conditions : [.. pod.Status.Conditions, new V1PodCondition { Type = condition, Status = "True" }];
        _pods[pod.Metadata.Name] = pod with
        {
            Status = pod.Status with
            {
                Phase = exitCode == 0 ? "Succeeded" : "Failed",
                Conditions = conditions,
                ContainerStatuses =
                [
                    new V1ContainerStatus
                    {
                        Name = "main", State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, FinishedAt = Now } },
                    },
                ],
            },
        };
        Sweep(pod.Metadata.Name);
    }

    /// <summary>What the node does with deleted pods: it ends them.</summary>
    public void EndDeleted()
    {
        foreach (var pod in Pods.Where(p => p.Metadata.DeletionTimestamp is not null && p.Status.Phase is "Pending" or "Running"))
        {
            End(pod, 143);
        }
    }

    public void Run(V1Pod pod) => _pods[pod.Metadata.Name] = Ready(pod);

    public void Put(V1Pod pod) => _pods[pod.Metadata.Name] = pod;

    private static V1Pod Ready(V1Pod pod) => pod with { Status = pod.Status with { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] } };

    private bool Perform(Intent intent, ref int left)
    {
        if (intent is Together together)
        {
            foreach (var one in together.Intents)
            {
                if (!Perform(one, ref left))
                {
                    return false;
                }
            }

            return true;
        }

        if (left-- <= 0)
        {
            return false;
        }

        switch (intent)
        {
            case Create<V1Pod> create:
                Add(create.Object);
                break;
            case Delete<V1Pod> delete:
                Mark(delete.Key.Name);
                break;
            case Patch<V1Pod> patch:
                Merge(patch);
                break;
            case Update<V1Job> update:
                var version = update.Object.Metadata.ResourceVersion;
                Assert.True(version.Length == 0 || version == Job.Metadata.ResourceVersion, "an update of an old version");
                var next = (int.Parse(Job.Metadata.ResourceVersion, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
                Job = Job with { Status = update.Object.Status, Metadata = Job.Metadata with { ResourceVersion = next } };
                break;
            case Tell tell:
                Events.Add(tell.Reason);
                break;
            default:
                throw new InvalidOperationException($"unexpected {intent}");
        }

        return true;
    }

    private void Add(V1Pod pod)
    {
        var name = pod.Metadata.GenerateName + ++_names;
        _pods[name] = pod with
        {
            Metadata = pod.Metadata with { Name = name, Uid = "uid-" + name, CreationTimestamp = Now },
            Status = new V1PodStatus { Phase = "Pending" },
        };
    }

    private void Mark(string name)
    {
        if (_pods.TryGetValue(name, out var pod))
        {
            _pods[name] = pod with { Metadata = pod.Metadata with { DeletionTimestamp = pod.Metadata.DeletionTimestamp ?? Now } };
            Sweep(name);
        }
    }

    private void Merge(Patch<V1Pod> patch)
    {
        using var json = JsonDocument.Parse(patch.Body.Content);
        var meta = json.RootElement.GetProperty("metadata");
        if (!_pods.TryGetValue(patch.Key.Name, out var pod))
        {
            return;
        }

        Assert.Equal(pod.Metadata.Uid, meta.GetProperty("uid").GetString());
        var finalizers = pod.Metadata.Finalizers.ToList();
        if (meta.TryGetProperty("$deleteFromPrimitiveList/finalizers", out var gone))
        {
            finalizers.RemoveAll(f => gone.EnumerateArray().Any(g => g.GetString() == f));
        }

        _pods[patch.Key.Name] = pod with { Metadata = pod.Metadata with { Finalizers = finalizers } };
        Sweep(patch.Key.Name);
    }

    /// <summary>A deleted pod without finalizers that has ended is gone.</summary>
    private void Sweep(string name)
    {
        var pod = _pods[name];
        if (pod.Metadata.DeletionTimestamp is not null && pod.Metadata.Finalizers.Count == 0 && pod.Status.Phase is "Succeeded" or "Failed")
        {
            _pods.Remove(name);
        }
    }
}
