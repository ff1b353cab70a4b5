using System.Globalization;
using Gantry.Store;

namespace Gantry.Contracts;

/// <summary>
/// Seeded random work, compared after each step with a model that is too simple to be wrong: a list of every change, from which any state
/// is made by starting at the beginning. Derived by the engines' tests as the whole suite.
/// </summary>
public abstract class StoreModelContract : StoreWatchContract
{
    private readonly List<(long Revision, string Key, string? Value)> _log = [];
    private long _current;
    private long _oldest;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_is_done_the_store_agrees_with_a_naive_model(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 250; step++)
        {
            var what = random.Next(100);
            await (what < 55 ? WriteAsync(random, step)
                : what < 70 ? CompareRangeAsync(random)
                : what < 80 ? CompareWatchAsync(random)
                : what < 90 ? CompareHistoryAsync(random)
                : what < 94 ? CompactAsync(random)
                : what < 97 ? ReopenAsync()
                : CompareCountAsync(random));
        }
    }

    /// <summary>Closes the store and opens what it left; nothing for engines that leave nothing.</summary>
    protected virtual Task ReopenAsync() => Task.CompletedTask;

    private static string Key(Random random) => $"/{(char)('a' + random.Next(3))}/{random.Next(12)}";

    private static string Prefix(Random random) => random.Next(4) == 0 ? "/" : $"/{(char)('a' + random.Next(3))}/";

    private SortedDictionary<string, (string Value, long Revision, long Created, long Version)> StateAt(long revision)
    {
        var state = new SortedDictionary<string, (string, long, long, long)>(StringComparer.Ordinal);
        foreach (var (at, key, value) in _log.TakeWhile(entry => entry.Revision <= revision))
        {
            var known = state.TryGetValue(key, out var old);
            if (value is null)
            {
                state.Remove(key);
            }
            else
            {
                state[key] = (value, at, known ? old.Item3 : at, known ? old.Item4 + 1 : 1);
            }
        }
        return state;
    }

    private async Task WriteAsync(Random random, int step)
    {
        var now = StateAt(_current);
        var conditions = new List<Condition>();
        var writes = new Dictionary<string, Write>(StringComparer.Ordinal);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var key = Key(random);
            var size = random.Next(20) == 0 ? 9_000 : random.Next(40);
            writes[key] = random.Next(3) == 0 ? new Write.Delete(key) : new Write.Put(key, Bytes($"{step}.{i} ".PadRight(size, 'x')));
            if (random.Next(2) == 0)
            {
                var actual = now.TryGetValue(key, out var item) ? item.Revision : 0;
                conditions.Add(new Condition(key, new Revision(random.Next(5) == 0 ? actual + 1 : actual)));
            }
        }
        var result = await Store.CommitAsync(new StoreTransaction { Conditions = conditions, Writes = [.. writes.Values] });
        var broken = conditions.FirstOrDefault(condition => (now.TryGetValue(condition.Key, out var item) ? item.Revision : 0) != condition.Expected.Value);
        if (broken.Key is not null)
        {
            Assert.Equal(broken.Key, Assert.IsType<CommitResult.Conflict>(result).Key);
            return;
        }
        var at = Assert.IsType<CommitResult.Committed>(result).At.Value;
        var effective = writes.Values.Where(write => write is Write.Put || now.ContainsKey(write.Key)).ToList();
        Assert.True(effective.Count == 0 ? at == _current : at > _current);
        _current = at;
        _log.AddRange(effective.Select(write => (at, write.Key, write is Write.Put put ? System.Text.Encoding.UTF8.GetString(put.Value.Span) : null)));
    }

    private async Task CompareRangeAsync(Random random)
    {
        var at = random.Next(3) == 0 ? _current : _oldest + (long)(random.NextDouble() * (_current - _oldest));
        var prefix = Prefix(random);
        var query = RangeQuery.Prefix(prefix) with { At = new Revision(at), Limit = random.Next(0, 6) };
        var seen = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = (await Store.RangeAsync(next.Length == 0 ? query : query with { Continue = next })).Require();
            seen.AddRange(page.Items.Select(item => Line(item.Key, (Text(item)!, item.ModRevision.Value, item.CreateRevision.Value, item.Version))));
            next = page.Next;
        }
        Assert.Equal(StateAt(at).Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(item => Line(item.Key, item.Value)), seen);
    }

    private async Task CompareCountAsync(Random random)
    {
        var prefix = Prefix(random);
        var page = (await Store.RangeAsync(RangeQuery.Prefix(prefix) with { CountOnly = true })).Require();
        Assert.Equal(StateAt(_current).Count(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)), page.Count);
    }

    private async Task CompareWatchAsync(Random random)
    {
        var after = _oldest + (long)(random.NextDouble() * (_current - _oldest));
        var expected = _log.Where(entry => entry.Revision > after).ToList();
        var batches = await (expected.Count == 0
            ? Task.FromResult(new List<ChangeBatch>())
            : ReadAsync(new WatchFrom { After = new Revision(after) }, expected.Select(entry => entry.Revision).Distinct().Count()));
        var changes = batches.SelectMany(batch => batch.Changes).ToList();
        Assert.Equal(expected, changes.Select(change => (change.ModRevision.Value, change.Key, Text(change.Current))));
        foreach (var change in changes)
        {
            var before = StateAt(change.ModRevision.Value - 1).TryGetValue(change.Key, out var item) ? item.Value : null;
            Assert.Equal(before, Text(change.Previous));
        }
    }

    private async Task CompareHistoryAsync(Random random)
    {
        var key = Key(random);
        var history = await Store.HistoryAsync(key, 1000);
        var all = _log.Where(entry => entry.Key == key).Select(entry => entry.Value ?? "-").Reverse().ToList();
        var kept = _log.Count(entry => entry.Key == key && entry.Revision > _oldest);
        // What was current at the compaction is kept with what came after, unless it was a deletion.
        var boundary = StateAt(_oldest).ContainsKey(key) ? 1 : 0;
        Assert.Equal(all.Take(kept + boundary), history.Changes.Select(change => Text(change.Current) ?? "-"));
    }

    private async Task CompactAsync(Random random)
    {
        var to = _oldest + (long)(random.NextDouble() * (_current - _oldest));
        _oldest = (await Store.CompactAsync(new Revision(to))).Value;
        Assert.Equal(to, _oldest);
    }

    private static string Line(string key, (string Value, long Revision, long Created, long Version) item) =>
        string.Create(CultureInfo.InvariantCulture, $"{key} {item.Revision} {item.Created} {item.Version} {item.Value}");
}
