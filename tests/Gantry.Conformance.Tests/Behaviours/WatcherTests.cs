using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>What watchers see.</summary>
[Collection(SharedCluster.Name)]
public sealed class WatcherTests(SimulatedCluster cluster)
{
    [Fact]
    [Trait("Conformance", "Watchers should observe add, update, and delete watch notifications on configmaps")]
    public async Task Watchers_see_what_matches_their_selector_and_nothing_else()
    {
        var maps = await MapsAsync();
        using var a = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l%3Da");
        using var b = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l%3Db");
        using var both = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l+in+(a,b)");
        await MakeAsync(maps, "one", "a");
        await cluster.MergeAsync(maps + "/one", """{"data":{"mutation":"1"}}""");
        await cluster.DeleteAsync(maps + "/one");
        await MakeAsync(maps, "two", "b");
        await cluster.DeleteAsync(maps + "/two");
        string[] first = ["ADDED one", "MODIFIED one", "DELETED one"];
        string[] second = ["ADDED two", "DELETED two"];
        Assert.Equal(first, await ReadAsync(a, 3));
        Assert.Equal(second, await ReadAsync(b, 2));
        Assert.Equal([.. first, .. second], await ReadAsync(both, 5));
    }

    [Fact]
    [Trait("Conformance", "Watchers should be able to start watching from a specific resource version")]
    public async Task A_watch_starts_after_the_revision_it_names()
    {
        var maps = await MapsAsync();
        await MakeAsync(maps, "m", "a");
        var first = await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"1"}}""");
        await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"2"}}""");
        await cluster.DeleteAsync(maps + "/m");
        using var watch = await cluster.WatchAsync($"{maps}?watch=true&labelSelector=l%3Da&resourceVersion={first.Version()}");
        var (type, seen) = await watch.NextAsync();
        Assert.Equal(("MODIFIED", "2"), (type, seen.Text("data.mutation")));
        Assert.Equal("DELETED", (await watch.NextAsync()).Type);
    }

    [Fact]
    [Trait("Conformance", "Watchers should be able to restart watching from the last resource version observed by the previous watch")]
    public async Task A_watch_goes_on_where_another_one_stopped()
    {
        var maps = await MapsAsync();
        string last;
        using (var watch = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l%3Da"))
        {
            await MakeAsync(maps, "m", "a");
            await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"1"}}""");
            await watch.NextAsync();
            last = (await watch.NextAsync()).Object.Version();
        }

        await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"2"}}""");
        await cluster.DeleteAsync(maps + "/m");
        using var again = await cluster.WatchAsync($"{maps}?watch=true&labelSelector=l%3Da&resourceVersion={last}");
        Assert.Equal(["MODIFIED m", "DELETED m"], await ReadAsync(again, 2));
    }

    [Fact]
    [Trait("Conformance", "Watchers should observe an object deletion if it stops meeting the requirements of the selector")]
    public async Task An_object_that_no_longer_matches_is_deleted_for_the_watcher()
    {
        var maps = await MapsAsync();
        using var watch = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l%3Da");
        await MakeAsync(maps, "m", "a");
        await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"1"}}""");
        await cluster.MergeAsync(maps + "/m", """{"metadata":{"labels":{"l":"other"}}}""");
        await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"2"}}""");
        await cluster.MergeAsync(maps + "/m", """{"metadata":{"labels":{"l":"a"}}}""");
        await cluster.MergeAsync(maps + "/m", """{"data":{"mutation":"3"}}""");
        await cluster.DeleteAsync(maps + "/m");
        Assert.Equal(["ADDED m", "MODIFIED m", "DELETED m", "ADDED m", "MODIFIED m", "DELETED m"], await ReadAsync(watch, 6));
    }

    [Fact]
    [Trait("Conformance", "Watchers should receive events on concurrent watches in same order")]
    public async Task Watches_from_different_revisions_see_the_same_order()
    {
        var maps = await MapsAsync();
        using var first = await cluster.WatchAsync(maps + "?watch=true&labelSelector=l");
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await MakeAsync(maps, $"m{i}", "a");
                await cluster.MergeAsync($"{maps}/m{i}", """{"data":{"x":"y"}}""");
                await cluster.DeleteAsync($"{maps}/m{i}");
            }
        });
        var watches = new List<(OpenWatch Watch, int From)>();
        var versions = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            versions.Add((await first.NextAsync()).Object.Version());
            if (i % 6 == 0)
            {
                watches.Add((await cluster.WatchAsync($"{maps}?watch=true&labelSelector=l&resourceVersion={versions[i]}"), i + 1));
            }
        }

        await writing;
        foreach (var (watch, from) in watches)
        {
            for (var i = from; i < versions.Count; i++)
            {
                Assert.Equal(versions[i], (await watch.NextAsync()).Object.Version());
            }

            watch.Dispose();
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(OpenWatch watch, int count)
    {
        var seen = new List<string>();
        while (seen.Count < count)
        {
            var (type, item) = await watch.NextAsync();
            seen.Add($"{type} {item.Name()}");
        }

        return seen;
    }

    private async Task<string> MapsAsync() => $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/configmaps";

    private Task<JsonObject> MakeAsync(string maps, string name, string label) =>
        cluster.DoAsync("POST", maps, $$$"""{"metadata":{"name":"{{{name}}}","labels":{"l":"{{{label}}}"} } }""");
}
