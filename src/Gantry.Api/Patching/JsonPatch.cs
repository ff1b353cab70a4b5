using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>
/// JSON Patch (RFC 6902), with the error texts and the leniences of the library the Go server uses: negative indexes, replacing a member that is not there,
/// copying nothing.
/// </summary>
public static class JsonPatch
{
    /// <summary>More operations than this the API refuses.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>How many bytes all copies of a patch together may add.</summary>
    public const long MaxCopiedBytes = 3 * 1024 * 1024;

    private const string Missing = "missing value";

    /// <param name="document">What is patched; it is not changed.</param>
    /// <param name="patch">A list of operations.</param>
    public static PatchResult Apply(Tree document, Tree patch)
    {
        if (patch is not TreeList operations)
        {
            return patch is TreeNull ? new PatchResult.Patched(document)
                : new PatchResult.Refused($"json: cannot unmarshal {patch.KindName} into Go value of type jsonpatch.Patch", PatchFault.Malformed);
        }
        if (operations.Count > MaxOperations)
        {
            return new PatchResult.Refused($"The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}", PatchFault.Malformed);
        }
        // All of them are read before the first is carried out.
        if (operations.FirstOrDefault(o => o is not (TreeMap or TreeNull)) is { } wrong)
        {
            return new PatchResult.Refused($"json: cannot unmarshal {wrong.KindName} into Go value of type jsonpatch.Operation", PatchFault.Malformed);
        }
        try
        {
            var copied = 0L;
            foreach (var operation in operations)
            {
                document = operation is TreeMap step ? Step(document, step, ref copied) : throw Unfit("Unexpected kind: unknown");
            }
            return new PatchResult.Patched(document);
        }
        catch (PatchException e)
        {
            return new PatchResult.Refused(e.Message, e.Fault);
        }
    }

    private static Tree Step(Tree document, TreeMap operation, ref long copied)
    {
        var kind = operation.Text("op") ?? "unknown";
        switch (kind)
        {
            case "add":
                return Added(document, Path(operation, kind), "add operation does not apply: doc is missing path: \"{0}\"", "error in add for path: '{0}'", operation["value"]);
            case "remove":
                return Removed(document, Path(operation, kind), "remove operation does not apply: doc is missing path: \"{0}\"", "error in remove for path: '{0}'");
            case "replace":
                return Replaced(document, Path(operation, kind), operation["value"]);
            case "test":
                Test(document, Path(operation, kind), operation["value"]);
                return document;
            case "copy":
                var copy = Get(document, From(operation, kind), "copy operation does not apply: doc is missing from path: {0}", "error in copy for from: '{0}'");
                Count(copy, ref copied);
                return Added(document, Path(operation, kind), "copy operation does not apply: doc is missing destination path: {0}", "error while adding value during copy", copy);
            case "move":
                var from = From(operation, kind);
                var moved = Get(document, from, "move operation does not apply: doc is missing from path: {0}", "error in move for path: '{0}'");
                var left = Removed(document, from, "move operation does not apply: doc is missing from path: {0}", "error in move for path: '{0}'");
                return Added(left, Path(operation, kind), "move operation does not apply: doc is missing destination path: {0}", "error in move for path: '{0}'", moved);
            default:
                throw Unfit("Unexpected kind: " + kind);
        }
    }

    private static string Path(TreeMap operation, string kind) =>
        operation.Text("path") ?? throw Unfit($"{kind} operation failed to decode path: {Missing}");

    private static string From(TreeMap operation, string kind) =>
        operation.Text("from") ?? throw Unfit($"{kind} operation failed to decode from: operation, missing from field: {Missing}");

    private static PatchException Unfit(string message) => new(message, PatchFault.Unfit);

    private static string Said(string text, string path) => text.Replace("{0}", path, StringComparison.Ordinal);

    private static Tree Added(Tree document, string path, string nowhere, string failing, Tree? value) => Edited(document, path, nowhere, failing, (at, key) =>
    {
        if (at is TreeMap map)
        {
            return map.With(key, value ?? TreeNull.Instance);
        }
        var list = ((TreeList)at).ShallowCopy();
        // A negative index counts from the end of the list as it will be.
        list.Insert(key == "-" ? list.Count : Index(key, list.Count + 1, $"value was not a proper array index: '{key}': "), value ?? TreeNull.Instance);
        return list;
    });

    private static Tree Removed(Tree document, string path, string nowhere, string failing) => Edited(document, path, nowhere, failing, (at, key) =>
    {
        if (at is TreeMap map)
        {
            return map.Contains(key) ? map.With(key, null) : throw Unfit($"Unable to remove nonexistent key: {key}: {Missing}");
        }
        var list = ((TreeList)at).ShallowCopy();
        list.RemoveAt(Index(key, list.Count, ""));
        return list;
    });

    private static Tree Replaced(Tree document, string path, Tree? value)
    {
        if (path.Length == 0)
        {
            return value is TreeMap or TreeList ? value : throw Unfit("replace operation value must be object or array");
        }
        return Edited(document, path, "replace operation does not apply: doc is missing path: {0}", null, (at, key) =>
        {
            if (at is TreeMap map)
            {
                return map.With(key, value ?? TreeNull.Instance);
            }
            var list = ((TreeList)at).ShallowCopy();
            list[Found(list, key) ?? throw Unfit($"replace operation does not apply: doc is missing key: {path}: {Missing}")] = value ?? TreeNull.Instance;
            return list;
        });
    }

    private static void Test(Tree document, string path, Tree? value)
    {
        var found = path.Length == 0 ? document
            : Get(document, path, "test operation does not apply: is missing path: {0}", "error in test for path: '{0}'") ?? TreeNull.Instance;
        if (!found.Equals(value ?? TreeNull.Instance))
        {
            throw Unfit($"testing value {path} failed: test failed");
        }
    }

    // Null where an object has no such member.
    private static Tree? Get(Tree document, string path, string nowhere, string failing)
    {
        Tree? found = null;
        Edited(document, path, nowhere, failing, (at, key) =>
        {
            found = at is TreeMap map ? map[key] : ((TreeList)at)[Index(key, ((TreeList)at).Count, "")];
            return at;
        });
        return found;
    }

    private static Tree Edited(Tree document, string path, string nowhere, string? failing, Func<Tree, string, Tree> edit)
    {
        var parts = JsonPointer.Split(path) ?? throw Unfit($"{Said(nowhere, path)}: {Missing}");
        return Below(document, 0);

        Tree Below(Tree at, int depth)
        {
            var key = parts[depth];
            if (depth == parts.Length - 1)
            {
                try
                {
                    return edit(at, key);
                }
                catch (PatchException e) when (failing is not null)
                {
                    throw Unfit($"{Said(failing, path)}: {e.Message}");
                }
            }
            var place = at is TreeList items ? Found(items, key) : null;
            var next = at is TreeMap map ? map[key] : place is { } index ? ((TreeList)at)[index] : null;
            if (next is not (TreeMap or TreeList))
            {
                throw Unfit($"{Said(nowhere, path)}: {Missing}");
            }
            var changed = Below(next, depth + 1);
            if (ReferenceEquals(changed, next))
            {
                return at;
            }
            if (at is TreeMap outer)
            {
                return outer.With(key, changed);
            }
            var list = ((TreeList)at).ShallowCopy();
            list[place!.Value] = changed;
            return list;
        }
    }

    private static int? Found(TreeList list, string part) =>
        Number(part) is { } index && index >= -list.Count && index < list.Count ? index < 0 ? index + list.Count : index : null;

    private static int? Number(string part) => int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static int Index(string part, int places, string prefix)
    {
        if (Number(part) is not { } index)
        {
            throw Unfit($"{prefix}strconv.Atoi: parsing {GoSyntax.Quoted(part)}: invalid syntax");
        }
        return index >= -places && index < places ? index < 0 ? index + places : index
            : throw Unfit($"Unable to access invalid index: {index}: invalid index referenced");
    }

    // Copies share what they copy, but whoever writes the document writes it as often as it stands there.
    private static void Count(Tree? copy, ref long copied)
    {
        if (copy is null or TreeNull)
        {
            return;
        }
        using var output = new JsonOutput();
        TreeJson.Write(output, copy);
        copied += output.Written.Length;
        if (copied > MaxCopiedBytes)
        {
            throw Unfit($"Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the limit {MaxCopiedBytes}");
        }
    }
}
