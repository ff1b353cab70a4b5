using Gantry.Api.Trees;

namespace Gantry.Server.Aggregation;

/// <summary>Other servers' OpenAPI documents, merged into this server's own. Pure; what a server says is not trusted to be well-formed.</summary>
internal static class AggregatedDocuments
{
    private const string Reference = "#/definitions/";

    /// <summary>Where a server's index has the document of that path, hash included; empty where it has none.</summary>
    public static string V3Url(byte[] index, string path) =>
        Parse(index)?.Map("paths")?.Map(path)?.Text("serverRelativeURL") is { } url && url.StartsWith("/openapi/v3/" + path, StringComparison.Ordinal) ? url : "";

    /// <summary>A server's v2 document, cut down to the paths of that API and the definitions that they use; null where it describes none.</summary>
    public static TreeMap? V2(byte[] document, string group, string version)
    {
        if (Parse(document) is not { } spec || spec.Text("swagger") != "2.0" || spec.Map("paths") is not { } paths)
        {
            return null;
        }

        var prefix = $"/apis/{group}/{version}/";
        var kept = new TreeMap();
        foreach (var (path, item) in paths)
        {
            if ((path + "/").StartsWith(prefix, StringComparison.Ordinal) && item is TreeMap)
            {
                kept[path] = item;
            }
        }

        return kept.Count == 0 ? null : new TreeMap { ["paths"] = kept, ["definitions"] = Used(kept, spec.Map("definitions") ?? new TreeMap()) };
    }

    /// <summary>A v2 document cut down, with what it says of itself.</summary>
    /// <param name="document">As the server sent it.</param>
    /// <param name="part">From <see cref="V2(byte[], string, string)"/>.</param>
    public static TreeMap Whole(byte[] document, TreeMap part)
    {
        var whole = part.ShallowCopy(2);
        foreach (var key in (ReadOnlySpan<string>)["info", "securityDefinitions"])
        {
            if (Parse(document)?.Map(key) is { } value)
            {
                whole[key] = value;
            }
        }

        return whole;
    }

    /// <summary>This server's v2 document together with those of others. A definition that others have under the same name with other content gets a number.</summary>
    /// <param name="own">Not changed.</param>
    /// <param name="others">As <see cref="V2(byte[], string, string)"/> makes them.</param>
    public static TreeMap Merge(TreeMap own, IEnumerable<TreeMap> others)
    {
        var merged = own.ShallowCopy(others.Count());
        var (paths, definitions) = ((TreeMap)merged.Map("paths")!.ShallowCopy(16), (TreeMap)merged.Map("definitions")!.ShallowCopy(16));
        foreach (var other in others)
        {
            var given = other.Map("definitions")!;
            var names = given.Where(d => definitions[d.Key] is { } there && !Same(there, d.Value))
                .ToDictionary(d => d.Key, d => Free(d.Key, name => definitions.Contains(name) || given.Contains(name)), StringComparer.Ordinal);
            foreach (var (name, definition) in given)
            {
                if (names.TryGetValue(name, out var renamed) || !definitions.Contains(name))
                {
                    definitions[renamed ?? name] = Renamed(definition, names);
                }
            }

            foreach (var (path, item) in other.Map("paths")!)
            {
                if (!paths.Contains(path))
                {
                    paths[path] = Renamed(item, names);
                }
            }
        }

        merged["paths"] = Sorted(paths);
        merged["definitions"] = Sorted(definitions);
        return merged;
    }

    private static TreeMap Used(TreeMap paths, TreeMap definitions)
    {
        var used = new TreeMap();
        var open = new Queue<Tree>([paths]);
        while (open.TryDequeue(out var tree))
        {
            Each(tree, name =>
            {
                if (definitions[name] is { } definition && !used.Contains(name))
                {
                    used[name] = definition;
                    open.Enqueue(definition);
                }
            });
        }

        return used;
    }

    private static void Each(Tree tree, Action<string> found)
    {
        switch (tree)
        {
            case TreeMap map:
                foreach (var (key, value) in map)
                {
                    if (key == "$ref" && value is TreeString { Value: var target } && target.StartsWith(Reference, StringComparison.Ordinal))
                    {
                        found(target[Reference.Length..]);
                    }
                    else
                    {
                        Each(value, found);
                    }
                }

                break;
            case TreeList list:
                foreach (var item in list)
                {
                    Each(item, found);
                }

                break;
            default:
                break;
        }
    }

    private static Tree Renamed(Tree tree, Dictionary<string, string> names)
    {
        switch (tree)
        {
            case TreeMap map when names.Count > 0:
                var copy = new TreeMap(map.Count);
                foreach (var (key, value) in map)
                {
                    copy[key] = key == "$ref" && value is TreeString { Value: var target } && target.StartsWith(Reference, StringComparison.Ordinal)
                        && names.TryGetValue(target[Reference.Length..], out var renamed) ? new TreeString(Reference + renamed) : Renamed(value, names);
                }

                return copy;
            case TreeList list when names.Count > 0:
                return new TreeList(list.Select(i => Renamed(i, names)));
            default:
                return tree;
        }
    }

    // Descriptions are each server's own.
    private static bool Same(Tree a, Tree b) => (a, b) switch
    {
        (TreeMap x, TreeMap y) => Said(x).Count() == Said(y).Count() && Said(x).All(p => y[p.Key] is { } other && Same(p.Value, other)),
        (TreeList x, TreeList y) => x.Count == y.Count && x.Zip(y).All(p => Same(p.First, p.Second)),
        _ => a.Equals(b),
    };

    private static IEnumerable<KeyValuePair<string, Tree>> Said(TreeMap map) =>
        map.Where(p => p.Value is not TreeString || p.Key != "description").Where(p => p.Key is not ("x-kubernetes-group-version-kind" or "default"));

    private static string Free(string name, Func<string, bool> taken)
    {
        for (var i = 2; ; i++)
        {
            var numbered = $"{name}_v{i}";
            if (!taken(numbered))
            {
                return numbered;
            }
        }
    }

    private static TreeMap Sorted(TreeMap map)
    {
        var sorted = new TreeMap(map.Count);
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            sorted[key] = value;
        }

        return sorted;
    }

    private static TreeMap? Parse(byte[] json)
    {
        try
        {
            return json.Length == 0 ? null : TreeJson.Parse(json) as TreeMap;
        }
        catch (TreeException)
        {
            return null;
        }
    }
}
