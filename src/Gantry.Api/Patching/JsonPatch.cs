using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>JSON Patch (RFC 6902), with the error texts and the leniences (negative indexes) of the library the Go server uses.</summary>
public static class JsonPatch
{
    /// <summary>More operations than this the API refuses.</summary>
    public const int MaxOperations = 10_000;

    /// <param name="document">What is patched; it is not changed.</param>
    /// <param name="patch">A list of operations.</param>
    public static PatchResult Apply(Tree document, Tree patch)
    {
        if (patch is not TreeList operations)
        {
            return new PatchResult.Refused($"json: cannot unmarshal {patch.KindName} into Go value of type jsonpatch.Patch");
        }
        if (operations.Count > MaxOperations)
        {
            return new PatchResult.Refused($"The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        }
        try
        {
            foreach (var operation in operations)
            {
                document = Step(document, operation as TreeMap ?? throw new PatchException("json: cannot unmarshal into Go value of type jsonpatch.Operation"));
            }
            return new PatchResult.Patched(document);
        }
        catch (PatchException e)
        {
            return new PatchResult.Refused(e.Message);
        }
    }

    private static Tree Step(Tree document, TreeMap operation)
    {
        var kind = operation.Text("op") ?? "unknown";
        switch (kind)
        {
            case "add":
                return Change(document, Path(operation, "path"), 0, new Edit(kind, Value(operation)));
            case "replace":
                return Change(document, Path(operation, "path"), 0, new Edit(kind, Value(operation)));
            case "remove":
                return Change(document, Path(operation, "path"), 0, new Edit(kind, null));
            case "test":
                Test(document, Path(operation, "path"), operation);
                return document;
            case "copy":
                var copied = Get(document, Path(operation, "from"), kind) ?? throw Missing(kind, Path(operation, "from"));
                return Change(document, Path(operation, "path"), 0, new Edit("add", copied));
            case "move":
                var from = Path(operation, "from");
                var moved = Get(document, from, kind) ?? throw Missing(kind, from);
                return Change(Change(document, from, 0, new Edit("remove", null)), Path(operation, "path"), 0, new Edit("add", moved));
            default:
                throw new PatchException($"Unexpected kind: {kind}");
        }
    }

    private static Tree Value(TreeMap operation) => operation["value"] ?? TreeNull.Instance;

    private static string[] Path(TreeMap operation, string member) =>
        JsonPointer.Split(operation.Text(member) ?? throw new PatchException($"operation missing {member} field: missing value"))
        ?? throw new PatchException($"{operation.Text("op")} operation does not apply: doc is missing path: \"{operation.Text(member)}\": missing value");

    private static PatchException Missing(string kind, string[] path) =>
        new($"{kind} operation does not apply: doc is missing path: \"/{string.Join('/', path)}\": missing value");

    private static void Test(Tree document, string[] path, TreeMap operation)
    {
        var found = Get(document, path, "test") ?? TreeNull.Instance;
        if (!found.Equals(Value(operation)))
        {
            throw new PatchException($"testing path {operation.Text("path")} failed: test failed");
        }
    }

    // Null where the last part is missing; an error where the way to it is.
    private static Tree? Get(Tree document, string[] path, string kind)
    {
        Tree? at = document;
        for (var i = 0; i < path.Length; i++)
        {
            at = at switch
            {
                TreeMap map => map[path[i]],
                TreeList list => list[Index(list, path[i], list.Count - 1)],
                _ => null,
            };
            if (at is null && i < path.Length - 1)
            {
                throw Missing(kind, path);
            }
        }
        return at;
    }

    private static int Index(TreeList list, string part, int last)
    {
        if (!int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            throw new PatchException($"strconv.Atoi: parsing {GoNames.Quoted(part)}: invalid syntax");
        }
        if (index < 0)
        {
            index += list.Count;
        }
        return index >= 0 && index <= last ? index : throw new PatchException($"Unable to access invalid index: {part}: invalid index referenced");
    }

    private static Tree Change(Tree at, string[] path, int depth, Edit edit)
    {
        if (path.Length == 0)
        {
            return edit.Kind == "remove" ? throw new PatchException("Unable to remove nonexistent key: : missing value") : edit.Value!;
        }
        var part = path[depth];
        var last = depth == path.Length - 1;
        switch (at)
        {
            case TreeMap map:
                var copy = map.ShallowCopy(1);
                if (!last)
                {
                    copy[part] = Change(map[part] ?? throw Missing(edit.Kind, path), path, depth + 1, edit);
                    return copy;
                }
                if (edit.Kind != "add" && !map.Contains(part))
                {
                    throw edit.Kind == "remove" ? new PatchException($"Unable to remove nonexistent key: {part}: missing value") : Missing(edit.Kind, path);
                }
                copy[part] = edit.Value;
                return copy;
            case TreeList list:
                return Item(list, path, depth, edit);
            default:
                throw Missing(edit.Kind, path);
        }
    }

    private static TreeList Item(TreeList list, string[] path, int depth, Edit edit)
    {
        var part = path[depth];
        var copy = list.ShallowCopy();
        if (depth < path.Length - 1)
        {
            var inside = Index(list, part, list.Count - 1);
            copy[inside] = Change(list[inside], path, depth + 1, edit);
        }
        else if (edit.Kind == "add")
        {
            copy.Insert(part == "-" ? list.Count : InsertAt(list, part), edit.Value!);
        }
        else if (edit.Kind == "remove")
        {
            copy.RemoveAt(Index(list, part, list.Count - 1));
        }
        else
        {
            copy[Index(list, part, list.Count - 1)] = edit.Value!;
        }
        return copy;
    }

    // A negative index counts from the end of the list as it will be.
    private static int InsertAt(TreeList list, string part)
    {
        var index = Index(list, part, list.Count);
        return part[0] == '-' ? index + 1 : index;
    }

    private readonly record struct Edit(string Kind, Tree? Value);
}
