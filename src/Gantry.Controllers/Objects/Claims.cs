using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Objects;

/// <summary>The outcome of sorting objects by owner and selector.</summary>
/// <param name="Mine">What the owner controls, adopted objects included.</param>
/// <param name="Intents">The adoptions and releases that make it true.</param>
public sealed record Claim<T>(IReadOnlyList<T> Mine, IReadOnlyList<Intent> Intents);

/// <summary>Decides which objects belong to a controller (the rules of Kubernetes' controller references).</summary>
public static class Claims
{
    /// <summary>
    /// An object that matches and has no controller is adopted; one that is controlled but no longer matches is released. Nothing is adopted or
    /// released by an owner that is being deleted; nothing that is being deleted is adopted.
    /// </summary>
    /// <param name="owner">The controller's metadata.</param>
    /// <param name="reference">The reference to put into adopted objects.</param>
    /// <param name="selector">What the owner selects.</param>
    /// <param name="candidates">Objects it controls and objects of its namespace that nobody controls.</param>
    /// <param name="adoptable">Further conditions on adopted objects.</param>
    /// <param name="finalizer">A finalizer that adopted objects get; empty for none.</param>
    public static Claim<T> Sort<T>(
        V1ObjectMeta owner, V1OwnerReference reference, LabelSelector selector, IEnumerable<T> candidates, Func<T, bool>? adoptable = null, string finalizer = "")
        where T : class, IApiObject<T>
    {
        var mine = new List<T>();
        var intents = new List<Intent>();
        var deleting = owner.DeletionTimestamp is not null;
        foreach (var item in candidates)
        {
            var controller = Owners.ControllerOf(item);
            var matches = selector.Matches(item.Metadata.Labels);
            if (controller is null)
            {
                if (matches && !deleting && item.Metadata.DeletionTimestamp is null && (adoptable?.Invoke(item) ?? true))
                {
                    mine.Add(item);
                    intents.Add(Owners.Adopt(item, reference, finalizer));
                }
            }
            else if (controller.Uid == owner.Uid)
            {
                if (matches)
                {
                    mine.Add(item);
                }
                else if (!deleting && item.Metadata.DeletionTimestamp is null)
                {
                    intents.Add(Owners.Release(item, owner.Uid));
                }
            }
        }

        return new Claim<T>(mine, intents);
    }
}
