using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;

namespace Gantry.Controllers.Objects;

/// <summary>Turns changes of owned objects into the keys of their owners.</summary>
public static class OwnerWatch
{
    /// <summary>Adds the controller of the object before and after the change, and for one without a controller all that might adopt it.</summary>
    /// <param name="keys">Where the keys go.</param>
    /// <param name="change">The change.</param>
    /// <param name="kind">The kind of owners.</param>
    /// <param name="owners">The owners; with <see cref="Owners.WithOwners"/>.</param>
    /// <param name="selector">What an owner selects.</param>
    public static void Changed<T, TOwner>(IKeySink keys, CacheChange<T> change, string kind, Cache<TOwner> owners, Func<TOwner, V1LabelSelector?> selector)
        where T : class, IApiObject<T>
        where TOwner : class, IApiObject<TOwner>
    {
        // An object that changes hands concerns both its old controller and its new one.
        Add(keys, change.Old, kind);
        Add(keys, change.New, kind);
        if (change.New is { } orphan && Owners.ControllerOf(orphan) is null)
        {
            foreach (var owner in owners.Snapshot.By(Owners.NamespaceIndex, orphan.Metadata.Namespace))
            {
                if (Selecting.NotEmpty(selector(owner))?.Matches(orphan.Metadata.Labels) == true)
                {
                    keys.Add(ObjectKey.Of(owner));
                }
            }
        }
    }

    private static void Add<T>(IKeySink keys, T? obj, string kind)
        where T : class, IApiObject<T>
    {
        if (obj is not null && Owners.ControllerOf(obj) is { } owner && owner.Kind == kind)
        {
            keys.Add(new ObjectKey(obj.Metadata.Namespace, owner.Name));
        }
    }
}
