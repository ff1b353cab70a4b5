using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Objects;

/// <summary>Who controls an object, and how controllers take objects over and let them go.</summary>
public static class Owners
{
    /// <summary>The index of all cached kinds by the uid of their controller.</summary>
    public const string Index = "controller";

    /// <summary>The index of objects without a controller, by namespace.</summary>
    public const string OrphanIndex = "orphans";

    /// <summary>The index of objects by namespace.</summary>
    public const string NamespaceIndex = "namespace";

    /// <summary>The reference to the object's controller, or null.</summary>
    public static V1OwnerReference? ControllerOf(IApiObject obj)
    {
        foreach (var owner in obj.Metadata.OwnerReferences)
        {
            if (owner.Controller == true)
            {
                return owner;
            }
        }

        return null;
    }

    public static bool IsControlledBy(IApiObject obj, IApiObject owner) => ControllerOf(obj)?.Uid == owner.Metadata.Uid;

    /// <summary>The reference of a controller to put into what it makes.</summary>
    public static V1OwnerReference Reference<T>(T owner)
        where T : class, IApiObject<T> => new()
        {
            ApiVersion = T.Resource.ApiVersion,
            Kind = T.Resource.Kind,
            Name = owner.Metadata.Name,
            Uid = owner.Metadata.Uid,
            Controller = true,
            BlockOwnerDeletion = true,
        };

    /// <summary>The cache with its objects findable by controller, and those without one by namespace.</summary>
    public static Cache<T> WithOwners<T>(this Cache<T> cache)
        where T : class, IApiObject<T> => cache
        .WithIndex(Index, static o => ControllerOf(o) is { } owner ? [owner.Uid] : [])
        .WithIndex(NamespaceIndex, static o => [o.Metadata.Namespace])
        .WithIndex(OrphanIndex, static o => ControllerOf(o) is null ? [o.Metadata.Namespace] : []);

    /// <summary>What the owner controls, followed by what nobody controls in its namespace: all it may have an opinion about.</summary>
    public static IReadOnlyList<T> OwnedAndOrphans<T>(this CacheSnapshot<T> snapshot, IApiObject owner)
        where T : class, IApiObject<T> =>
        [.. snapshot.By(Index, owner.Metadata.Uid), .. snapshot.By(OrphanIndex, owner.Metadata.Namespace)];

    /// <summary>Makes the owner the object's controller. The uid in the patch sees to it that it is the same object still.</summary>
    /// <param name="obj">The object.</param>
    /// <param name="owner">The reference to add.</param>
    /// <param name="finalizer">A finalizer to add with it; empty for none.</param>
    public static Intent Adopt<T>(T obj, V1OwnerReference owner, string finalizer = "")
        where T : class, IApiObject<T> => new Patch<T>(ObjectKey.Of(obj), PatchBody.Write(PatchType.StrategicMerge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", obj.Metadata.Uid);
            json.WriteStartArray("ownerReferences");
            owner.Write(json);
            json.WriteEndArray();
            if (finalizer.Length > 0)
            {
                json.WriteStartArray("finalizers");
                json.WriteStringValue(finalizer);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }));

    /// <summary>Takes the owner out of the object's references.</summary>
    public static Intent Release<T>(T obj, string ownerUid)
        where T : class, IApiObject<T> => new Patch<T>(ObjectKey.Of(obj), PatchBody.Write(PatchType.StrategicMerge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", obj.Metadata.Uid);
            json.WriteStartArray("ownerReferences");
            json.WriteStartObject();
            json.WriteString("$patch", "delete");
            json.WriteString("uid", ownerUid);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }));

    /// <summary>Takes a finalizer off the object.</summary>
    public static Patch<T> RemoveFinalizer<T>(T obj, string finalizer)
        where T : class, IApiObject<T> => new(ObjectKey.Of(obj), PatchBody.Write(PatchType.StrategicMerge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", obj.Metadata.Uid);
            json.WriteStartArray("$deleteFromPrimitiveList/finalizers");
            json.WriteStringValue(finalizer);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }));
}
