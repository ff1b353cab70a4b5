using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.History;

/// <summary>The history of one owner and what this plan changes in it.</summary>
/// <param name="Update">The revision of the owner's present template.</param>
/// <param name="All">All revisions, oldest first, the present one last.</param>
/// <param name="Intents">Adoptions, and the creation or renumbering of <paramref name="Update"/>.</param>
public sealed record TemplateHistory(V1ControllerRevision Update, IReadOnlyList<V1ControllerRevision> All, IReadOnlyList<Intent> Intents)
{
    /// <summary>The hash of a pod template, where DaemonSets put it on pods and both kinds on revisions.</summary>
    public const string HashLabel = "controller-revision-hash";

    /// <summary>Finds the revision of the present template among those there are; or makes it, numbered after all others.</summary>
    /// <param name="owner">The owner's metadata.</param>
    /// <param name="reference">The reference for new and adopted revisions.</param>
    /// <param name="template">The present template.</param>
    /// <param name="selector">What the owner selects.</param>
    /// <param name="collisions">How often names were taken by other templates.</param>
    /// <param name="candidates">The revisions it controls, and those of its namespace that nobody controls.</param>
    public static TemplateHistory Of(
        V1ObjectMeta owner, V1OwnerReference reference, V1PodTemplateSpec template, Client.Selectors.LabelSelector selector, int? collisions, IEnumerable<V1ControllerRevision> candidates)
    {
        var claim = Claims.Sort(owner, reference, selector, candidates);
        var sorted = claim.Mine.OrderBy(r => r.Revision).ThenBy(r => r.Metadata.CreationTimestamp).ThenBy(r => r.Metadata.Name, StringComparer.Ordinal).ToList();
        var next = sorted.Count == 0 ? 1 : sorted[^1].Revision + 1;
        var present = sorted.FindLast(r => RevisionData.Template(r) == template);
        if (present is null)
        {
            var made = New(owner, reference, template, collisions, next);
            return new TemplateHistory(made, [.. sorted, made], owner.DeletionTimestamp is null ? [.. claim.Intents, new Create<V1ControllerRevision>(made)] : claim.Intents);
        }

        if (present == sorted[^1] || owner.DeletionTimestamp is not null)
        {
            return new TemplateHistory(present, sorted, claim.Intents);
        }

        // Rolled back: the old revision becomes the newest.
        var again = present with { Revision = next };
        return new TemplateHistory(again, [.. sorted.Where(r => r != present), again], [.. claim.Intents, new Update<V1ControllerRevision>(again)]);
    }

    /// <summary>The hash in a revision's labels.</summary>
    public static string HashOf(V1ControllerRevision revision) =>
        revision.Metadata.Labels.TryGetValue(HashLabel, out var hash) ? hash : revision.Metadata.Name;

    /// <summary>Deletes revisions that nobody uses, oldest first, down to the limit.</summary>
    /// <param name="limit">How many unused ones stay.</param>
    /// <param name="isUsed">Whether a revision is in use.</param>
    public IEnumerable<Intent> Trim(int limit, Func<V1ControllerRevision, bool> isUsed)
    {
        var unused = All.Where(r => r.Metadata.Uid.Length > 0 && r.Metadata.Name != Update.Metadata.Name && !isUsed(r)).ToList();
        return unused.Take(Math.Max(0, unused.Count - limit)).Select(r => new Delete<V1ControllerRevision>(ObjectKey.Of(r), r.Metadata.Uid));
    }

    private static V1ControllerRevision New(V1ObjectMeta owner, V1OwnerReference reference, V1PodTemplateSpec template, int? collisions, long number)
    {
        var hash = PodTemplates.Hash(template, collisions);
        return new V1ControllerRevision
        {
            Metadata = new V1ObjectMeta
            {
                Namespace = owner.Namespace,
                Name = owner.Name + "-" + hash,
                Labels = template.Metadata.Labels.With(HashLabel, hash),
                Annotations = owner.Annotations,
                OwnerReferences = [reference],
            },
            Data = RevisionData.Of(template),
            Revision = number,
        };
    }
}
