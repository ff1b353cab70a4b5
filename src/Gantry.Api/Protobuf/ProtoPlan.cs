using Gantry.Api.Schemas;

namespace Gantry.Api.Protobuf;

/// <summary>A type's fields in the order of their numbers; made once per type.</summary>
internal sealed class ProtoPlan
{
    private ProtoPlan(List<Entry> entries) => Entries = entries;

    public IReadOnlyList<Entry> Entries { get; }

    public static ProtoPlan Of(TypeSchema type) =>
        new(Grouped([.. type.Fields.Where(f => f.Number > 0).Select(f => (f, (IReadOnlyList<int>)[f.Number, .. f.InnerNumbers]))], 0));

    private static List<Entry> Grouped(IReadOnlyList<(FieldSchema Field, IReadOnlyList<int> Path)> fields, int depth)
    {
        var entries = new List<Entry>();
        foreach (var group in fields.GroupBy(f => f.Path[depth]).OrderBy(g => g.Key))
        {
            var (field, path) = group.First();
            entries.Add(path.Count > depth + 1 ? new Entry(group.Key, null, Grouped([.. group], depth + 1)) : new Entry(group.Key, field, []));
        }
        return entries;
    }

    public static Entry? Find(IReadOnlyList<Entry> entries, int number)
    {
        foreach (var entry in entries)
        {
            if (entry.Number == number)
            {
                return entry;
            }
        }
        return null;
    }

    /// <param name="Number">The field's number.</param>
    /// <param name="Field">The field; null for a message whose members JSON shows in the outer object.</param>
    /// <param name="Inner">Those members.</param>
    public sealed record Entry(int Number, FieldSchema? Field, IReadOnlyList<Entry> Inner);
}
