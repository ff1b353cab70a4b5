using System.Globalization;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>The parts of metadata that the server itself writes.</summary>
internal static class Metadata
{
    // As many characters of a generated name come from the user, so that it fits a DNS label with its suffix.
    private const int LongestBase = 58;
    private const int SuffixLength = 5;

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Gives a new object, which admission has seen, its uid, its time and, where it has none, its name.</summary>
    /// <returns>The name, and the revision that the object says it is of, as no new one may; it is taken out.</returns>
    public static (string Name, string Revision) Begin(TreeMap value, ResourceType type, IIds ids, DateTimeOffset now)
    {
        var metadata = value.Made("metadata");
        var name = metadata.Text("name") ?? "";
        if (name.Length == 0 && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            name = (prefix.Length > LongestBase ? prefix[..LongestBase] : prefix) + ids.Suffix(SuffixLength);
            metadata["name"] = name;
        }
        else if (name.Length == 0 && (type.Group, type.Kind) == ("", "LimitRange"))
        {
            // The one kind whose objects need no name.
            name = ids.NewId().ToString("D");
            metadata["name"] = name;
        }

        metadata["uid"] = ids.NewId().ToString("D");
        metadata["creationTimestamp"] = Time(now);
        var said = TakeRevision(value);
        return (name, ulong.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision != 0 ? said : "");
    }

    /// <summary>Takes out the revision that an object says it is of; empty where it says none.</summary>
    public static string TakeRevision(TreeMap value)
    {
        var metadata = value.Made("metadata");
        var said = metadata.Text("resourceVersion") ?? "";
        metadata.Remove("resourceVersion");
        return said;
    }

    /// <summary>Puts the object, which admission may have changed, where the request says it is.</summary>
    /// <returns>The refusal of one that says it is elsewhere, or null.</returns>
    public static ApiStatus? Place(TreeMap value, string ns)
    {
        var metadata = value.Made("metadata");
        var said = metadata.Text("namespace") ?? "";
        if (said == ns)
        {
            return null;
        }

        if (said.Length > 0 && ns.Length > 0)
        {
            return ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = ns.Length == 0 ? null : (Tree)ns;
        return null;
    }

    /// <summary>Takes out what only the server may say of an object that is not going to be stored.</summary>
    public static void Wipe(TreeMap value)
    {
        var metadata = value.Made("metadata");
        metadata.Remove("uid");
        metadata.Remove("creationTimestamp");
        RemoveEnd(metadata);
    }

    private static void RemoveEnd(TreeMap metadata)
    {
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
    }

    /// <summary>Takes out owners that are named twice: of what is created or updated before it is admitted, of everything afterwards.</summary>
    public static void DistinctOwners(TreeMap value, bool isAdmitted, Action<string> warn)
    {
        if (value.Map("metadata") is not { } metadata || metadata.List("ownerReferences") is not { Count: > 1 } owners)
        {
            return;
        }

        var (kept, repeated) = (new TreeList(), new List<string>());
        foreach (var owner in owners)
        {
            if (kept.Contains(owner))
            {
                repeated.Add((owner as TreeMap)?.Text("uid") ?? "");
            }
            else
            {
                kept.Add(owner);
            }
        }

        if (repeated.Count > 0)
        {
            warn(".metadata.ownerReferences contains duplicate entries" + (isAdmitted ? " after mutating admission happens" : "") + "; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; "
                + $"please fix your requests; duplicate UID(s) observed: {string.Join(", ", repeated)}");
            metadata["ownerReferences"] = kept;
        }
    }

    /// <summary>Keeps what an update cannot change and need not repeat.</summary>
    public static void Keep(TreeMap value, TreeMap old)
    {
        var (now, before) = (value.Made("metadata"), old.Made("metadata"));
        now.Remove("selfLink");
        now["generation"] = before["generation"];
        if (now["uid"] is null or TreeNull or TreeString { Value.Length: 0 })
        {
            now["uid"] = before["uid"];
        }

        // Whatever an update says of it, an object was made when it was made.
        now["creationTimestamp"] = before["creationTimestamp"] ?? now["creationTimestamp"];

        // An object on its way out stays on its way out.
        if (before.Has("deletionTimestamp"))
        {
            now["deletionTimestamp"] = before["deletionTimestamp"];
        }

        if (now["deletionGracePeriodSeconds"] is null or TreeNull && before["deletionGracePeriodSeconds"] is { } grace)
        {
            now["deletionGracePeriodSeconds"] = grace;
        }
    }

    /// <summary>Whether something that is wanted differs: anything but metadata and status.</summary>
    public static bool WantsOther(TreeMap now, TreeMap old)
    {
        for (var i = 0; i < now.Count; i++)
        {
            var key = now.KeyAt(i);
            if (key is not ("metadata" or "status" or "kind" or "apiVersion") && !now.ValueAt(i).Equals(old[key]))
            {
                return true;
            }
        }

        return old.Keys.Any(k => k is not ("metadata" or "status") && !now.Contains(k));
    }

    public static long Generation(TreeMap value) => (value.Map("metadata")?["generation"] as TreeInteger)?.Value ?? 0;
}
