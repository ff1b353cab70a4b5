using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Intents;

/// <summary>Tells whether a cache shows a write by now.</summary>
internal static class Sight
{
    /// <summary>Whether the cache of the kind has come to the write. Null when nobody caches the kind.</summary>
    public static Func<bool>? Reached<T>(PerformContext context, V1ObjectMeta written)
        where T : class, IApiObject<T>
    {
        var revision = Revisions.Parse(written.ResourceVersion);
        return context.Caches.Find<T>() is { } cache ? () => cache.Revision >= revision : null;
    }

    /// <summary>Whether the cache shows that the object is going or gone.</summary>
    public static Func<bool>? Leaving<T>(PerformContext context, ObjectKey key, string uid)
        where T : class, IApiObject<T> =>
        context.Caches.Find<T>() is { } cache
            ? () => cache.Snapshot.Get(key) is not { } item || item.Metadata.Uid != uid || item.Metadata.DeletionTimestamp is not null
            : null;
}
