using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>Go's zero values as JSON prints them.</summary>
internal static class Zero
{
    private static readonly TreeString NoAmount = new("0");

    private static readonly TreeString NoDuration = new("0s");

    /// <summary>The zero of an item of a list, or of a value of a map: bytes that are <c>null</c> there have become empty by the time they are stored.</summary>
    public static Tree OfItem(FieldSchema field) => field.Kind == ValueKind.Bytes ? TreeString.Empty : Of(field);

    /// <summary>The zero of a field.</summary>
    public static Tree Of(FieldSchema field) => field.Kind switch
    {
        ValueKind.String => TreeString.Empty,
        ValueKind.Int32 or ValueKind.Int64 or ValueKind.Double or ValueKind.IntOrString => TreeInteger.Zero,
        ValueKind.Bool => TreeBool.False,
        ValueKind.Quantity => NoAmount,
        ValueKind.Duration => NoDuration,
        ValueKind.Object => new TreeMap(),
        _ => TreeNull.Instance,
    };

    /// <summary>Whether <c>omitempty</c> leaves the value out.</summary>
    public static bool Is(Tree value) => value switch
    {
        TreeString text => text.Value.Length == 0,
        TreeInteger integer => integer.Value == 0,
        TreeFloat real => real.Value == 0,
        TreeBool flag => !flag.Value,
        TreeList list => list.Count == 0,
        TreeMap map => map.Count == 0,
        _ => true,
    };
}
