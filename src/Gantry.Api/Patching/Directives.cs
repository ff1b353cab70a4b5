using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>The words with which a strategic merge patch commands, and the errors about them.</summary>
internal static class Directives
{
    public const string Patch = "$patch";
    public const string RetainKeys = "$retainKeys";
    public const string SetElementOrder = "$setElementOrder/";
    public const string DeleteFromPrimitiveList = "$deleteFromPrimitiveList/";

    public const string BadPrimitiveList = "invalid patch format of primitive list";
    public const string BadRetainKeys = "invalid patch format of retainKeys";
    public const string BadOrder = "invalid patch format of setElementOrder list";

    /// <summary>The list that a directive's key speaks about, or null when the key is no such directive.</summary>
    public static string? Target(string key, string prefix) => key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null;

    /// <summary>A patch that says what becomes of the whole object.</summary>
    public static TreeMap Whole(Tree directive, TreeMap patch) => (directive as TreeString)?.Value switch
    {
        "replace" => patch.With(Patch, null),
        "delete" => new TreeMap(),
        var other => throw new PatchException($"unknown patch type: {other} in map: {patch}"),
    };

    /// <summary>The patch as a value of its own: without directives, and without what they or null take away. Null when nothing is left to stand.</summary>
    public static Tree? Dropped(Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                return Map(map);
            case TreeList list:
                var items = new TreeList(list.Count);
                foreach (var item in list)
                {
                    if (item is TreeMap { } marked && marked.Contains(Patch) && (marked.Count == 1 || marked.Text(Patch) == "delete"))
                    {
                        continue;
                    }
                    items.Add(Dropped(item) ?? item);
                }
                return items;
            default:
                return value;
        }
    }

    private static TreeMap Map(TreeMap map)
    {
        if (map.Text(Patch) == "delete")
        {
            return new TreeMap();
        }
        var result = new TreeMap(map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            var isDirective = key is Patch or RetainKeys || key.StartsWith(SetElementOrder, StringComparison.Ordinal)
                || key.StartsWith(DeleteFromPrimitiveList, StringComparison.Ordinal);
            if (!isDirective && map.ValueAt(i) is not TreeNull)
            {
                result.Add(key, Dropped(map.ValueAt(i)) ?? TreeNull.Instance);
            }
        }
        return result;
    }
}
