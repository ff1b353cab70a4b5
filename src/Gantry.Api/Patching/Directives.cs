using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>The words with which a strategic merge patch commands, and the errors about them.</summary>
internal static class Directives
{
    public const string Patch = "$patch";
    public const string RetainKeys = "$retainKeys";
    public const string SetElementOrder = "$setElementOrder";
    public const string DeleteFromPrimitiveList = "$deleteFromPrimitiveList";

    /// <summary>Whether a key is that directive, with or without the list it speaks about.</summary>
    public static bool Is(string key, string directive) => key.StartsWith(directive, StringComparison.Ordinal);

    /// <summary>The list that a directive's key speaks about.</summary>
    /// <exception cref="PatchException">It names none.</exception>
    public static string Target(string key, string directive)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash == directive.Length)
        {
            return key[(slash + 1)..];
        }
        throw new PatchException(directive == SetElementOrder ? "invalid patch format of setElementOrder list" : "invalid patch format of primitive list", PatchFault.Malformed);
    }

    /// <summary>A patch that says what becomes of the whole object.</summary>
    public static TreeMap Whole(Tree directive, TreeMap patch) => (directive as TreeString)?.Value switch
    {
        "replace" => patch.With(Patch, null),
        "delete" => new TreeMap(),
        _ => throw UnknownKind(directive, patch),
    };

    public static PatchException UnknownKind(Tree directive, TreeMap patch)
    {
        var shown = directive switch { TreeString text => text.Value, TreeNull => "%!s(<nil>)", _ => $"%!s({GoSyntax.TypeOf(directive)}={GoSyntax.Plain(directive)})" };
        return Unmergeable($"unknown patch type: {shown} in map: {GoSyntax.Plain(patch)}");
    }

    public static PatchException NoMergeKey(TreeMap item, string mergeKey) =>
        Unmergeable($"map: {GoSyntax.Plain(item)} does not contain declared merge key: {mergeKey}");

    public static PatchException WrongType(string expected, Tree found) =>
        Unmergeable($"expected a {expected}, but received a {(found is TreeNull ? "%!s(<nil>)" : GoSyntax.TypeOf(found))}");

    public static PatchException Unmergeable(string message) => new(message, PatchFault.Unmergeable);

    /// <summary>A patch's value where there was none to merge with: without nulls, and without objects that command. Null where nothing is left to stand.</summary>
    public static Tree? Dropped(Tree value)
    {
        switch (value)
        {
            case TreeMap map when map.Contains(Patch):
                return null;
            case TreeMap map:
                var result = new TreeMap(map.Count);
                for (var i = 0; i < map.Count; i++)
                {
                    if (map.ValueAt(i) is not TreeNull && Dropped(map.ValueAt(i)) is { } kept)
                    {
                        result.Add(map.KeyAt(i), kept);
                    }
                }
                return result;
            case TreeList list:
                var items = new TreeList(list.Count);
                foreach (var item in list)
                {
                    if (Dropped(item) is { } kept)
                    {
                        items.Add(kept);
                    }
                }
                return items;
            default:
                return value;
        }
    }
}
