namespace Gantry.Api.Apply;

/// <summary>Keeps the number of entries of plain writes bounded by merging the oldest.</summary>
internal static class ManagerCap
{
    private const int MostUpdaters = 10;

    private const string Bucket = "ancient-changes";

    public static void Apply(Dictionary<ManagerKey, ManagedEntry> managers)
    {
        if (managers.Count <= MostUpdaters)
        {
            return;
        }
        var updaters = managers.Where(m => !m.Key.Applies).OrderBy(m => m.Value.Time ?? "", StringComparer.Ordinal).ThenBy(m => m.Key).Select(m => m.Key).ToList();
        var count = updaters.Count;
        var firsts = new Dictionary<string, ManagerKey>(StringComparer.Ordinal);
        for (var i = 0; i < updaters.Count && count > MostUpdaters; i++)
        {
            var key = updaters[i];
            var entry = managers[key];
            // The first old entry of a version stays as it is until there is a second one to merge it with.
            if (!firsts.TryGetValue(entry.ApiVersion, out var first))
            {
                firsts.Add(entry.ApiVersion, key);
                continue;
            }
            var bucket = new ManagerKey(Bucket, false, entry.ApiVersion, "");
            if (!managers.TryGetValue(bucket, out var merged))
            {
                managers.Remove(first, out merged);
            }
            managers.Remove(key);
            managers[bucket] = merged! with { Fields = entry.Fields.Union(merged.Fields), Time = entry.Time };
            count--;
        }
    }
}
