using System.Globalization;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>The parts of metadata that the server itself writes.</summary>
internal static class Metadata
{
    // As many characters of a generated name come from the user, so that it fits a DNS label with its suffix.
    private const int LongestBase = 58;
    private const int SuffixLength = 5;

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Gives a new object its uid, its time and, where wanted, its generated name.</summary>
    public static void Begin(TreeMap value, string ns, IIds ids, DateTimeOffset now)
    {
        var metadata = value.Made("metadata");
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = (prefix.Length > LongestBase ? prefix[..LongestBase] : prefix) + ids.Suffix(SuffixLength);
        }

        metadata["namespace"] = ns.Length == 0 ? null : (Tree)ns;
        metadata["uid"] = ids.NewId().ToString("D");
        metadata["creationTimestamp"] = Time(now);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
    }

    /// <summary>Keeps what an update cannot change and need not repeat.</summary>
    public static void Keep(TreeMap value, TreeMap old)
    {
        var (now, before) = (value.Made("metadata"), old.Made("metadata"));
        now.Remove("selfLink");
        now["generation"] = before["generation"];
        foreach (var key in (ReadOnlySpan<string>)["uid", "creationTimestamp"])
        {
            if (now[key] is null or TreeNull or TreeString { Value.Length: 0 })
            {
                now[key] = before[key];
            }
        }

        // An object on its way out stays on its way out.
        if (before.Has("deletionTimestamp"))
        {
            now["deletionTimestamp"] = before["deletionTimestamp"];
            now["deletionGracePeriodSeconds"] = before["deletionGracePeriodSeconds"];
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
