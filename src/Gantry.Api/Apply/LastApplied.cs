using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>
/// The annotation in which clients that merge by themselves keep what they applied. For the manager <c>kubectl</c> it is kept in step with server-side
/// apply, and what it states may be taken over without force, so that users can change from one to the other.
/// </summary>
public static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    private const string Manager = "kubectl";

    // All annotations of an object together may not be larger.
    private const int LargestAnnotations = 256 * 1024;

    internal static ApplyResult Resolve(FieldOperation operation, TreeMap before, TreeMap applied, Func<FieldSet?, ApplyResult> apply)
    {
        if (operation.Manager != Manager)
        {
            return apply(null);
        }
        var result = apply(Allowed(operation.Type, before));
        if (result is not ApplyResult.Applied done || Stated(done.Value) is null)
        {
            return result;
        }
        var stated = WithAnnotation(done.Value, applied);
        return done.Changed || !stated.Equals(done.Value) ? new ApplyResult.Applied(stated, Changed: true) : done;
    }

    // What the annotation states and the live object still has.
    private static FieldSet? Allowed(ManagedType type, TreeMap live)
    {
        if (Stated(live) is not { } text)
        {
            return null;
        }
        try
        {
            var shape = type.Shape;
            if (TreeJson.Parse(text) is not TreeMap last || last.Text("apiVersion") != type.ApiVersion || last.Text("kind") != type.Kind || PatchCheck.Problem(shape, last) is not null)
            {
                return null;
            }
            var comparison = Comparison.Of(shape, last, live);
            return FieldExtraction.Of(shape, last).Difference(comparison.Modified).Difference(comparison.Added).Difference(comparison.Removed);
        }
        catch (TreeException)
        {
            return null;
        }
    }

    private static string? Stated(TreeMap value) => value.Map("metadata")?.Map("annotations")?.Text(Annotation) is { Length: > 0 } text ? text : null;

    private static TreeMap WithAnnotation(TreeMap value, TreeMap applied)
    {
        var metadata = value.Map("metadata")!;
        var annotations = metadata.Map("annotations")!;
        var stated = annotations.With(Annotation, Written(applied) + "\n");
        var size = stated.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount((a.Value as TreeString)?.Value ?? ""));
        return value.With("metadata", metadata.With("annotations", size > LargestAnnotations ? annotations.With(Annotation, null) : stated));
    }

    private static string Written(TreeMap applied)
    {
        if (applied.Map("metadata")?.Map("annotations") is { } annotations && annotations.Contains(Annotation))
        {
            applied = applied.With("metadata", applied.Map("metadata")!.With("annotations", annotations.With(Annotation, null)));
        }
        return TreeJson.WriteText(Sorted(applied));
    }

    private static Tree Sorted(Tree tree)
    {
        switch (tree)
        {
            case TreeMap map:
                var sorted = new TreeMap(map.Count);
                foreach (var (key, value) in MapOrder.Sorted(map))
                {
                    sorted.Add(key, Sorted(value));
                }
                return sorted;
            case TreeList list:
                return new TreeList(list.Select(Sorted));
            default:
                return tree;
        }
    }
}
