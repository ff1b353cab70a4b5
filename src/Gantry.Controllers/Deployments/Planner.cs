using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Deployments;

/// <summary>Decides the sizes and revisions of a Deployment's ReplicaSets. Pure; one plan is one step, the next view gives the next step.</summary>
public static class DeploymentPlanner
{
    public const string HashLabel = "pod-template-hash";

    public static DeploymentPlan Plan(DeploymentView view)
    {
        var deployment = view.Deployment;
        if (Selecting.NotEmpty(deployment.Spec.Selector) is not { } selector)
        {
            return new DeploymentPlan([], deployment.Status, null);
        }

        var claim = Claims.Sort(deployment.Metadata, Owners.Reference(deployment), selector, view.Sets);
        var newSet = FindNew(deployment, claim.Mine);
        var draft = new Draft(deployment, claim.Mine, newSet);
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return new DeploymentPlan([], DeploymentStatusPlanner.Scaled(view, claim.Mine, newSet), null);
        }

        var limits = Limits.Of(deployment.Spec);
        var rescaling = IsRescaled(claim.Mine, limits.Wanted);
        var intents = new List<Intent>(claim.Intents);
        if (deployment.Spec.Paused || rescaling)
        {
            // 1. A change of the wanted number is spread first; a rollout goes on when the sets agree about it. Paused Deployments still scale.
            Rollout.Rescale(draft, limits, deployment.Spec.Strategy.Type != "Recreate");
        }
        else if (deployment.Spec.Strategy.Type == "Recreate")
        {
            Recreate(view, draft, limits);
        }
        else
        {
            Roll(deployment, draft, limits);
        }

        // 2. Revisions and sizes are noted in the sets and in the Deployment.
        var revision = Stamp(deployment, draft, limits, rescaling);
        intents.AddRange(draft.Intents());
        if (revision > 0 && DeploymentAnnotations.Number(deployment.Metadata, DeploymentAnnotations.Revision) != revision)
        {
            intents.Add(SetRevision(deployment, revision));
        }

        // 3. The status describes what the view shows; old sets go when the rollout is over.
        var sets = claim.Mine;
        var status = deployment.Spec.Paused || rescaling
            ? DeploymentStatusPlanner.Scaled(view, sets, newSet)
            : DeploymentStatusPlanner.Rolling(view, sets, newSet, draft.Creates ? draft.NewName : null);
        if (deployment.Spec.Paused || DeploymentStatusPlanner.IsComplete(deployment, status))
        {
            intents.AddRange(CleanUp(deployment, draft));
        }

        return new DeploymentPlan(intents, status, DeploymentStatusPlanner.Look(deployment, status, view.Now));
    }

    /// <summary>The set of the Deployment's present template: the oldest of those that have it.</summary>
    public static V1ReplicaSet? FindNew(V1Deployment deployment, IEnumerable<V1ReplicaSet> sets)
    {
        var wanted = PodTemplates.Without(deployment.Spec.Template, HashLabel);
        return sets.OrderBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault(s => PodTemplates.Without(s.Spec.Template, HashLabel) == wanted);
    }

    /// <summary>The set for the present template, without pods yet.</summary>
    public static V1ReplicaSet MakeNew(V1Deployment deployment)
    {
        var template = PodTemplates.Without(deployment.Spec.Template, HashLabel);
        var hash = PodTemplates.Hash(template, deployment.Status.CollisionCount);
        var labels = template.Metadata.Labels.With(HashLabel, hash);
        var selector = deployment.Spec.Selector ?? new V1LabelSelector();
        return new V1ReplicaSet
        {
            Metadata = new V1ObjectMeta
            {
                Namespace = deployment.Metadata.Namespace,
                Name = deployment.Metadata.Name + "-" + hash,
                Labels = labels,
                OwnerReferences = [Owners.Reference(deployment)],
            },
            Spec = new V1ReplicaSetSpec
            {
                Replicas = 0,
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = selector.MatchLabels.With(HashLabel, hash) },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }

    private static void Roll(V1Deployment deployment, Draft draft, Limits limits)
    {
        if (draft.New is null)
        {
            var made = MakeNew(deployment);
            draft.Add(made with { Spec = made.Spec with { Replicas = Rollout.NewSize(draft, limits, rolling: true) } });
            return;
        }

        if (!Rollout.GrowNew(draft, limits))
        {
            Rollout.ShrinkOld(draft, limits);
        }
    }

    /// <summary>All old pods must be gone, not only deleted, before the first new one comes.</summary>
    private static void Recreate(DeploymentView view, Draft draft, Limits limits)
    {
        var active = draft.Old.Where(s => Draft.Replicas(s) > 0).ToList();
        foreach (var old in active)
        {
            draft.Scale(old, 0);
        }

        if (active.Count > 0 || draft.Old.Any(s => s.Status.Replicas > 0 || view.Populated.Contains(s.Metadata.Uid)))
        {
            return;
        }

        if (draft.New is null)
        {
            draft.Add(MakeNew(view.Deployment));
        }

        draft.Scale(draft.New!, limits.Wanted);
    }

    private static bool IsRescaled(IEnumerable<V1ReplicaSet> sets, int wanted) => sets.Any(s =>
        Draft.Replicas(s) > 0
        && s.Metadata.Annotations.ContainsKey(DeploymentAnnotations.Desired)
        && DeploymentAnnotations.Number(s.Metadata, DeploymentAnnotations.Desired) != wanted);

    /// <summary>Answers the revision of the new set, 0 without one.</summary>
    private static long Stamp(V1Deployment deployment, Draft draft, Limits limits, bool rescaling)
    {
        foreach (var set in draft.All.ToList())
        {
            var isNew = set.Metadata.Name == draft.NewName;
            var resized = draft.Creates && isNew;
            if (resized || Draft.Replicas(set) > 0)
            {
                draft.Set(DeploymentAnnotations.Sizes(set, limits.Wanted, limits.Most));
            }
        }

        if (draft.New is not { } present)
        {
            return 0;
        }

        if (deployment.Spec.Paused || rescaling)
        {
            return DeploymentAnnotations.Number(present.Metadata, DeploymentAnnotations.Revision);
        }

        var revision = draft.Old.Select(s => DeploymentAnnotations.Number(s.Metadata, DeploymentAnnotations.Revision)).DefaultIfEmpty(0).Max() + 1;
        var stamped = DeploymentAnnotations.Stamp(present, deployment, revision, draft.Creates);
        draft.Set(stamped with { Spec = stamped.Spec with { MinReadySeconds = deployment.Spec.MinReadySeconds } });
        return DeploymentAnnotations.Number(draft.New!.Metadata, DeploymentAnnotations.Revision);
    }

    private static Patch<V1Deployment> SetRevision(V1Deployment deployment, long revision) =>
        new(ObjectKey.Of(deployment), PatchBody.Write(PatchType.Merge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteStartObject("annotations");
            json.WriteString(DeploymentAnnotations.Revision, DeploymentAnnotations.Text(revision));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }));

    /// <summary>Old sets beyond the history limit, lowest revision first; one that may still have pods stays.</summary>
    private static IEnumerable<Intent> CleanUp(V1Deployment deployment, Draft draft)
    {
        var limit = deployment.Spec.RevisionHistoryLimit ?? 10;
        var old = draft.Old.Where(s => s.Metadata.DeletionTimestamp is null)
            .OrderBy(s => DeploymentAnnotations.Number(s.Metadata, DeploymentAnnotations.Revision)).ToList();
        return old.Take(Math.Max(0, old.Count - limit))
            .Where(s => s.Status.Replicas == 0 && Draft.Replicas(s) == 0 && s.Metadata.Generation <= s.Status.ObservedGeneration)
            .Select(s => new Delete<V1ReplicaSet>(ObjectKey.Of(s), s.Metadata.Uid));
    }
}
