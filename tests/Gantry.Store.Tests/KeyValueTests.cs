using System.Runtime.InteropServices;
using System.Text;

namespace Gantry.Store.Tests;

public sealed class KeyValueTests
{
    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes("a value");

    [Fact]
    public void A_value_is_the_bytes_that_were_put_and_not_a_copy()
    {
        Assert.True(MemoryMarshal.TryGetArray(Of(Bytes).Value, out var whole));
        Assert.Same(Bytes, whole.Array);

        Assert.True(MemoryMarshal.TryGetArray(Of(Bytes.AsMemory(2, 3)).Value, out var part));
        Assert.Equal((Bytes, 2, 3), (part.Array, part.Offset, part.Count));
    }

    [Fact]
    public void A_value_that_somebody_keeps_is_asked_of_him_and_counts_as_before()
    {
        var version = Of(Bytes);
        var size = version.Size;
        var keeper = new Keeper();

        version.KeepBy(keeper);

        Assert.Equal(0, keeper.Asked);
        Assert.Equal(size, version.Size);
        Assert.Equal(Bytes, version.Value.ToArray());
        Assert.Equal(1, keeper.Asked);
    }

    [Fact]
    public async Task A_transaction_after_the_value_was_given_away_meets_what_was_written()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        var first = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Put("a", Bytes)));
        var keeper = new Keeper();
        Assert.Single((await store.RangeAsync(RangeQuery.Prefix("a"))).Require().Items).KeepBy(keeper);

        var conflict = Assert.IsType<CommitResult.Conflict>(
            await store.CommitAsync(new StoreTransaction { Conditions = [new Condition("a", Revision.None)], Writes = [new Write.Put("a", "b"u8.ToArray())] }));
        Assert.Equal(Bytes, conflict.Current!.Value.ToArray());

        await store.CommitAsync(StoreTransaction.Put("a", "b"u8.ToArray()));
        var history = await store.HistoryAsync("a");
        Assert.Equal(["b", "a value"], history.Changes.Select(c => Encoding.UTF8.GetString(c.Current!.Value.Span)));
        var then = (await store.RangeAsync(RangeQuery.Prefix("a") with { At = first.At })).Require();
        Assert.Equal(Bytes, Assert.Single(then.Items).Value.ToArray());
        Assert.True(keeper.Asked > 0);
    }

    private static KeyValue Of(ReadOnlyMemory<byte> value) =>
        new() { Key = "a", Value = value, Id = 1, CreateRevision = new Revision(1), Version = 1, WrittenAt = default };

    private sealed class Keeper : IValueKeeper
    {
        public int Asked { get; private set; }

        public ReadOnlyMemory<byte> Value
        {
            get
            {
                Asked++;
                return Encoding.UTF8.GetBytes("a value");
            }
        }
    }
}
