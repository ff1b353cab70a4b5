namespace Gantry.SchemaGenerator;

/// <summary>How types and fields are called in C#.</summary>
internal sealed class Names
{
    private readonly Dictionary<string, string> _byFullName = new(StringComparer.Ordinal);

    public Names(IReadOnlyList<TypeBlock> blocks)
    {
        foreach (var same in blocks.GroupBy(b => b.Version.ToUpperInvariant() + b.Name))
        {
            foreach (var block in same)
            {
                var prefix = same.Count() > 1 ? char.ToUpperInvariant(block.PackageGroup[0]) + block.PackageGroup[1..] : "";
                _byFullName[block.FullName] = prefix + same.Key;
            }
        }
    }

    public string Type(string fullName, string place) => _byFullName.TryGetValue(fullName, out var name) ? name : throw new SchemaException(place, $"no type {fullName}");

    /// <summary><c>x-kubernetes-list-type</c> → <c>XKubernetesListType</c>; <c>$ref</c> → <c>Ref</c>; <c>continue</c> → <c>Continue</c>.</summary>
    public static string Property(string jsonName)
    {
        var parts = jsonName.TrimStart('$').Split('-', '_', '.');
        return string.Concat(parts.Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
    }
}
