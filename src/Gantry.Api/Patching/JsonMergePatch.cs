using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>JSON merge patch (RFC 7386).</summary>
public static class JsonMergePatch
{
    /// <summary>The target with the patch merged in: null takes a member away, objects merge, everything else replaces.</summary>
    public static Tree Apply(Tree? target, Tree patch)
    {
        if (patch is not TreeMap changes)
        {
            return patch;
        }
        var result = target is TreeMap map ? map.ShallowCopy(changes.Count) : new TreeMap(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            var key = changes.KeyAt(i);
            var change = changes.ValueAt(i);
            result[key] = change is TreeNull ? null : Apply(result[key], change);
        }
        return result;
    }
}
