namespace Gantry.Api.Apply;

/// <summary>The fields in which an apply meets other managers.</summary>
internal static class ApplyConflicts
{
    /// <param name="conflicts">The fields by manager; not empty.</param>
    public static ApplyResult.Conflicted Result(IReadOnlyDictionary<ManagerKey, FieldSet> conflicts)
    {
        var causes = new List<FieldConflict>();
        var lines = new List<string>();
        foreach (var (manager, fields) in conflicts.OrderBy(c => c.Key))
        {
            lines.Add($"conflicts with {manager}:");
            fields.ForEach(path =>
            {
                var field = string.Concat(path);
                causes.Add(new($"conflict with {manager}", field));
                lines.Add("- " + field);
            });
        }
        var message = causes.Count == 1
            ? $"Apply failed with 1 conflict: {causes[0].Message}: {causes[0].Field}"
            : $"Apply failed with {causes.Count} conflicts: {string.Join('\n', lines)}";
        return new(message, causes);
    }
}
