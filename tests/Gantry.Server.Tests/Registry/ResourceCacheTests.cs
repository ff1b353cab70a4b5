using System.Text;
using Gantry.Api.Models;
using Gantry.Server.Registry;
using Gantry.Store;

namespace Gantry.Server.Tests.Registry;

public sealed class ResourceCacheTests
{
    private static readonly ResourceKind Pods = new(V1Pod.Resource, _ => throw new NotSupportedException());
    private static readonly ChangePin OnFirst = new("node", Node, "first");

    private readonly ResourceCache _cache = new(Pods, SortedChunks<StoredObject>.Empty, 1);
    private long _revision = 1;

    [Fact]
    public void A_pinned_watcher_is_woken_by_objects_that_come_and_go_at_its_value_and_by_no_others()
    {
        var signal = new ChangeSignal();
        _cache.Attach(signal, OnFirst);

        Assert.False(IsSet(signal));
        Put("a", "second");
        Assert.False(IsSet(signal));
        Put("b", "first");
        Assert.True(IsSet(signal));
        Put("b", "second");
        Assert.True(IsSet(signal));
        Put("b", "third");
        Assert.False(IsSet(signal));
        Put("a", "first");
        Assert.True(IsSet(signal));
        Drop("a");
        Assert.True(IsSet(signal));
    }

    [Fact]
    public void A_pinned_watcher_is_woken_now_and_then_so_that_its_place_is_kept()
    {
        var signal = new ChangeSignal();
        _cache.Attach(signal, OnFirst);
        var place = _cache.Snapshot.Last;
        for (var change = 0; change < 20_000; change++)
        {
            Put("a", "second");
            if (IsSet(signal))
            {
                place = _cache.Snapshot.Last;
            }

            Assert.True(place.Revision >= _cache.OldestRevision, $"its place is lost after {change} changes");
        }
    }

    [Fact]
    public void Changes_are_told_together()
    {
        var signal = new ChangeSignal();
        _cache.Attach(signal, null);
        var woken = _cache.Pulse;
        Apply("a", "first");
        Apply("b", "first");
        Assert.False(IsSet(signal));
        Assert.False(woken.IsCompleted);

        _cache.Tell();

        Assert.True(IsSet(signal));
        Assert.True(woken.IsCompleted);
        Assert.Equal(2, _cache.Snapshot.Objects.Count);
    }

    [Fact]
    public void Who_is_taken_off_is_not_woken()
    {
        var (signal, pinned) = (new ChangeSignal(), new ChangeSignal());
        _cache.Attach(signal, null);
        _cache.Attach(pinned, OnFirst);
        _cache.Detach(signal, null);
        _cache.Detach(pinned, OnFirst);

        Put("a", "first");

        Assert.False(IsSet(signal));
        Assert.False(IsSet(pinned));
    }

    [Fact]
    public async Task A_signal_of_before_the_wait_is_not_lost_and_one_of_before_clearing_is()
    {
        var signal = new ChangeSignal();
        signal.Set();
        await signal.WaitAsync();
        signal.Clear();
        var waiting = signal.WaitAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        signal.Set();
        await waiting;
    }

    [Fact]
    public void The_store_leaves_the_bytes_to_the_cache_and_gets_the_same_back()
    {
        var version = Apply("a", "first");

        Assert.Equal(Json("a", "first"), Encoding.UTF8.GetString(version.Value.Span));
        Assert.Equal(Json("a", "first").Replace("\"uid\":\"u-a\"", "\"uid\":\"u-a\",\"resourceVersion\":\"2\"", StringComparison.Ordinal), Encoding.UTF8.GetString(_cache.Snapshot.Find("ns", "a")!.Json));
        Assert.NotEqual(version.Value, version.Value);
    }

    private static string Node(StoredObject value) => value.Labels[0].Value;

    private static bool IsSet(ChangeSignal signal)
    {
        var set = signal.IsSet;
        signal.Clear();
        return set;
    }

    private void Put(string name, string node)
    {
        Apply(name, node);
        _cache.Tell();
    }

    private static string Json(string name, string node) =>
        $$$$"""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{{name}}}}","namespace":"ns","uid":"u-{{{{name}}}}","labels":{"node":"{{{{node}}}}"}}}""";

    private KeyValue Apply(string name, string node)
    {
        var json = Encoding.UTF8.GetBytes(Json(name, node));
        var key = Pods.StoreKey("ns", name);
        var id = RowId.Of(new Revision(++_revision), 0);
        var current = new KeyValue { Key = key, Value = json, Id = id, CreateRevision = new Revision(_revision), Version = 1, WrittenAt = default };
        _cache.Apply([new Change { Key = key, Id = id, Current = current, CreateRevision = current.CreateRevision, WrittenAt = default }]);
        return current;
    }

    private void Drop(string name)
    {
        _cache.Apply([new Change { Key = Pods.StoreKey("ns", name), Id = RowId.Of(new Revision(++_revision), 0), CreateRevision = new Revision(1), WrittenAt = default }]);
        _cache.Tell();
    }
}
