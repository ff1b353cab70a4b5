using Gantry.Store;

namespace Gantry.Contracts;

/// <summary>Reading in order, in pages, and as of an earlier revision.</summary>
public abstract class StoreRangeContract : StoreContract
{
    [Fact]
    public async Task A_range_is_in_ordinal_order_and_holds_only_its_prefix()
    {
        foreach (var key in new[] { "/b/2", "/a/1", "/b/10", "/b", "/c", "/b/1", "/B/1", "/b0" })
        {
            await PutAsync(key, key);
        }
        var page = (await Store.RangeAsync(RangeQuery.Prefix("/b/"))).Require();
        Assert.Equal(["/b/1", "/b/10", "/b/2"], page.Items.Select(item => item.Key));
        Assert.Equal(3, page.Count);
    }

    [Fact]
    public async Task Keys_beyond_ascii_keep_ordinal_order()
    {
        string[] keys = ["a\uffff", "a\U0001F600", "aé", "az", "a\ue000"];
        foreach (var key in keys)
        {
            await PutAsync(key, "");
        }
        var before = await Store.CurrentRevisionAsync();
        await FillAsync("z", 100);
        Array.Sort(keys, string.CompareOrdinal);
        Assert.Equal(keys, (await Store.RangeAsync(RangeQuery.Prefix("a"))).Require().Items.Select(item => item.Key));
        Assert.Equal(keys, (await Store.RangeAsync(RangeQuery.Prefix("a") with { At = before })).Require().Items.Select(item => item.Key));
    }

    [Fact]
    public async Task Pages_read_one_snapshot_whatever_is_written_between_them()
    {
        for (var i = 0; i < 100; i++)
        {
            await PutAsync($"/k/{i:D3}", $"{i}");
        }
        var query = RangeQuery.Prefix("/k/") with { Limit = 9 };
        var page = (await Store.RangeAsync(query)).Require();
        var at = page.At;
        var items = new List<KeyValue>(page.Items);
        Assert.Equal(100, page.Count);
        for (var round = 0; page.Next is not null; round++)
        {
            await PutAsync($"/k/{99 - round:D3}", "changed");
            await PutAsync($"/k/{round * 7:D3}x", "new");
            await CommittedAsync(StoreTransaction.Delete($"/k/{50 + round:D3}"));
            await FillAsync("/other", 5);
            page = (await Store.RangeAsync(query with { At = at, Continue = page.Next })).Require();
            Assert.Equal(100 - items.Count, page.Count);
            items.AddRange(page.Items);
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"/k/{i:D3}={i}"), items.Select(item => $"{item.Key}={Text(item)}"));
    }

    [Fact]
    public async Task A_range_can_count_without_reading()
    {
        await FillAsync("/k", 300);
        var page = (await Store.RangeAsync(RangeQuery.Prefix("/k") with { CountOnly = true })).Require();
        Assert.Equal(300, page.Count);
        Assert.Empty(page.Items);
    }

    [Fact]
    public async Task The_last_page_has_no_next_even_when_it_is_full()
    {
        await FillAsync("/k", 10);
        var page = (await Store.RangeAsync(RangeQuery.Prefix("/k") with { Limit = 10 })).Require();
        Assert.Equal(10, page.Items.Count);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_key_is_read_as_it_was_at_each_kept_revision()
    {
        var created = await PutAsync("a", "1");
        var updated = await PutAsync("a", "2");
        var deleted = await CommittedAsync(StoreTransaction.Delete("a"));
        var again = await PutAsync("a", "3");
        await FillAsync("/other", 200);
        Assert.Null(await GetAtAsync("a", Revision.None));
        Assert.Equal("1", Text(await GetAtAsync("a", created)));
        Assert.Equal("2", Text(await GetAtAsync("a", updated)));
        Assert.Null(await GetAtAsync("a", deleted));
        Assert.Equal("3", Text(await GetAtAsync("a", again)));
    }

    [Fact]
    public async Task A_future_revision_is_reported_as_such()
    {
        var at = await PutAsync("a", "1");
        var result = await Store.RangeAsync(new RangeQuery { At = new Revision(at.Value + 1) });
        Assert.Equal(at, Assert.IsType<RangeResult.Future>(result).Current);
    }

    [Fact]
    public async Task After_a_compaction_older_states_are_refused_and_younger_ones_whole()
    {
        await PutAsync("kept", "old");
        await PutAsync("a", "1");
        var before = await PutAsync("a", "2");
        var at = await PutAsync("a", "3");
        await CommittedAsync(StoreTransaction.Delete("kept"));
        await FillAsync("/other", 100);
        Assert.Equal(at, await Store.CompactAsync(at));
        Assert.Equal(at, Assert.IsType<RangeResult.Compacted>(await Store.RangeAsync(new RangeQuery { At = before })).Oldest);
        Assert.Equal("3", Text(await GetAtAsync("a", at)));
        Assert.Equal("old", Text(await GetAtAsync("kept", at)));
        Assert.Equal("3", Text(await GetAsync("a")));
    }

    [Fact]
    public async Task Compacting_twice_or_backwards_or_beyond_the_present_does_no_harm()
    {
        await PutAsync("a", "1");
        var at = await PutAsync("a", "2");
        Assert.Equal(at, await Store.CompactAsync(new Revision(1_000)));
        Assert.Equal(at, await Store.CompactAsync(at));
        Assert.Equal(at, await Store.CompactAsync(new Revision(1)));
        Assert.Equal("2", Text(await GetAsync("a")));
    }

    [Fact]
    public async Task Compacting_to_an_age_keeps_what_is_younger()
    {
        await PutAsync("a", "1");
        var old = await PutAsync("a", "2");
        Clock.Advance(TimeSpan.FromMinutes(10));
        var young = await PutAsync("a", "3");
        Clock.Advance(TimeSpan.FromMinutes(1));
        await PutAsync("a", "4");
        Assert.Equal(old, await Store.CompactAsync(TimeSpan.FromMinutes(5)));
        Assert.Equal("2", Text(await GetAtAsync("a", old)));
        Assert.Equal("3", Text(await GetAtAsync("a", young)));
        Assert.IsType<RangeResult.Compacted>(await Store.RangeAsync(new RangeQuery { At = new Revision(old.Value - 1) }));
    }

    [Fact]
    public async Task The_history_of_a_key_lists_its_versions_and_deletions_newest_first()
    {
        await PutAsync("a", "1");
        await PutAsync("b", "x");
        await PutAsync("a", "2");
        await CommittedAsync(StoreTransaction.Delete("a"));
        Assert.Equal(["-", "2", "1"], await HistoryAsync("a"));
        await PutAsync("a", "3");
        await FillAsync("/other", 100);
        Assert.Equal(["3", "-", "2", "1"], await HistoryAsync("a"));
        Assert.Equal(["3", "-"], (await Store.HistoryAsync("a", 2)).Changes.Select(change => Text(change.Current) ?? "-"));
        Assert.Empty((await Store.HistoryAsync("never")).Changes);
    }

    [Fact]
    public async Task The_history_reaches_back_to_the_compaction()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        var at = await PutAsync("a", "3");
        await PutAsync("a", "4");
        await PutAsync("a", "5");
        await Store.CompactAsync(at);
        Assert.Equal(["5", "4", "3"], await HistoryAsync("a"));
        Assert.Equal(at, (await Store.HistoryAsync("a")).Oldest);
    }

    protected async Task<IEnumerable<string>> HistoryAsync(string key) =>
        (await Store.HistoryAsync(key)).Changes.Select(change => Text(change.Current) ?? "-");

    protected async Task<KeyValue?> GetAtAsync(string key, Revision at) =>
        (await Store.RangeAsync(RangeQuery.One(key) with { At = at })).Require().Items.SingleOrDefault();

    protected async Task FillAsync(string prefix, int keys)
    {
        for (var i = 0; i < keys; i++)
        {
            await PutAsync($"{prefix}/{i:D6}", "filler filler filler filler");
        }
    }
}
