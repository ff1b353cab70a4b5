using System.Globalization;
using System.Text;

namespace Gantry.Store.Sqlite.Tests;

/// <summary>Short ways to write and read in these tests.</summary>
internal static class StoreHelp
{
    public static async Task<Revision> PutAsync(this IStore store, string key, string value, Durability durability = Durability.Full)
    {
        var put = new Write.Put(key, Encoding.UTF8.GetBytes(value)) { Durability = durability };
        return Assert.IsType<CommitResult.Committed>(await store.CommitAsync(new StoreTransaction { Writes = [put] })).At;
    }

    public static async Task<KeyValue?> GetAsync(this IStore store, string key) =>
        (await store.RangeAsync(RangeQuery.One(key))).Require().Items.SingleOrDefault();

    public static async Task<string?> TextAsync(this IStore store, string key) =>
        await store.GetAsync(key) is { } found ? Encoding.UTF8.GetString(found.Value.Span) : null;

    /// <summary>Puts <paramref name="count"/> keys of <paramref name="bytes"/> bytes, many at a time.</summary>
    public static async Task<IReadOnlyList<CommitResult>> FillAsync(this IStore store, string prefix, int count, int bytes) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
            await store.CommitAsync(StoreTransaction.Put(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i:D6}"), new byte[bytes]))));

    public static async Task<ChangeBatch> FirstAsync(this IStore store, WatchFrom from)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await foreach (var batch in store.WatchAsync(from, limit.Token))
        {
            return batch;
        }
        throw new InvalidOperationException("the watch ended without a batch");
    }
}
