using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Audit;

/// <summary>Objects on their way into the log: without managed fields where the policy says so, and never with a token that lets one in.</summary>
internal static class AuditObjects
{
    private const string Withheld = "REDACTED";

    /// <summary>An object of this server's own making as it may be shown.</summary>
    public static byte[]? Clean(byte[] json, bool withoutManagedFields) =>
        !withoutManagedFields && json.AsSpan().IndexOf("\"TokenRe"u8) < 0 ? json : Compact(json, withoutManagedFields);

    /// <summary>What a client sent as it may be shown, on one line; null where it is no JSON.</summary>
    public static byte[]? Compact(byte[] json, bool withoutManagedFields)
    {
        try
        {
            var tree = TreeJson.Parse(json);
            if (tree is TreeMap map)
            {
                Clean(map, withoutManagedFields);
            }

            return TreeJson.Write(tree);
        }
        catch (TreeException)
        {
            // A body that could not be read was refused as well.
            return null;
        }
    }

    private static void Clean(TreeMap map, bool withoutManagedFields)
    {
        switch (map.Text("kind"))
        {
            case "TokenRequest" when map.Map("status") is { } status && status.Has("token"):
                status["token"] = Withheld;
                break;
            case "TokenReview" when map.Map("spec") is { } spec && spec.Has("token"):
                spec["token"] = Withheld;
                break;
        }

        if (withoutManagedFields)
        {
            map.Map("metadata")?.Remove("managedFields");
            foreach (var item in map.Items("items").Concat(map.Items("rows").Select(r => r.Map("object")).OfType<TreeMap>()))
            {
                item.Map("metadata")?.Remove("managedFields");
            }
        }
    }
}
