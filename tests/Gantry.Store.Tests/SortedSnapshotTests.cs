namespace Gantry.Store.Tests;

public sealed class SortedSnapshotTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 2_000)]
    [InlineData(3, 20_000)]
    public void It_agrees_with_a_sorted_list_and_older_snapshots_stay_as_they_were(int seed, int keys)
    {
        var random = new Random(seed);
        var model = new SortedList<string, Item>(StringComparer.Ordinal);
        var snapshot = SortedSnapshot<Item>.Empty;
        var older = new List<(SortedSnapshot<Item> Snapshot, List<Item> Items)>();
        for (var round = 0; round < 30; round++)
        {
            var edit = snapshot.Edit();
            var grow = random.Next(2) == 0;
            for (var i = 0; i < keys / 10; i++)
            {
                var key = $"/k/{random.Next(keys)}";
                if (random.Next(4) == 0 == grow)
                {
                    edit.Remove(key);
                    model.Remove(key);
                }
                else
                {
                    var item = new Item(key);
                    edit.Set(item);
                    model[key] = item;
                }
            }
            snapshot = edit.ToSnapshot();
            older.Add((snapshot, [.. model.Values]));
            Compare(snapshot, model, random, keys);
        }
        foreach (var (old, items) in older)
        {
            var all = new List<Item>();
            old.Collect(KeyRange.All, 0, all);
            Assert.Equal(items, all);
        }
    }

    private static void Compare(SortedSnapshot<Item> snapshot, SortedList<string, Item> model, Random random, int keys)
    {
        Assert.Equal(model.Count, snapshot.Count);
        for (var i = 0; i < 20; i++)
        {
            var range = new KeyRange($"/k/{random.Next(keys)}", random.Next(4) == 0 ? null : $"/k/{random.Next(keys)}");
            var limit = random.Next(0, 50);
            var expected = model.Values.Where(item => range.Contains(item.Key)).ToList();
            var found = new List<Item>();
            snapshot.Collect(range, limit, found);
            Assert.Equal(limit == 0 ? expected : expected.Take(limit), found);
            Assert.Equal(expected.Count, snapshot.CountIn(range));
            Assert.Equal(model.GetValueOrDefault(range.From), snapshot.Find(range.From));
        }
    }

    private sealed record Item(string Key) : IKeyed;
}
