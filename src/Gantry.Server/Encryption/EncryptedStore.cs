using System.Runtime.CompilerServices;
using Gantry.Store;

namespace Gantry.Server.Encryption;

/// <summary>
/// A store behind which some values are encrypted: everybody in front of it sees them as they are, the store, its file and its snapshots never do.
/// Values that no rule touches pass through as the same objects.
/// </summary>
public sealed class EncryptedStore : IStore
{
    private readonly IStore _store;
    private Keys _keys;

    public EncryptedStore(IStore store, EncryptionRules rules)
    {
        _store = store;
        _keys = new Keys(rules, null);
    }

    public StoreHealth Health => _store.Health;

    public EncryptionRules Rules => Volatile.Read(ref _keys).Now;

    /// <summary>Writes by other rules from now on. What was written by the last ones while they were in force stays readable.</summary>
    /// <returns>The rules that are of no more use.</returns>
    public EncryptionRules? Change(EncryptionRules rules)
    {
        var (now, last) = Volatile.Read(ref _keys);
        Volatile.Write(ref _keys, new Keys(rules, now));
        return ReferenceEquals(last, rules) ? null : last;
    }

    /// <summary>Whether a value would be stored otherwise today: by another provider, another key, or not encrypted at all.</summary>
    public async ValueTask<bool> IsStaleAsync(string key, CancellationToken cancel)
    {
        var page = (await _store.RangeAsync(RangeQuery.One(key), cancel).ConfigureAwait(false)).Require();
        if (page.Items is not [var item])
        {
            return false;
        }

        var rules = Rules;
        await rules.ReadyAsync(key, item.Value, cancel).ConfigureAwait(false);
        return rules.Read(key, item.Value) is { Problem: null, Stale: true } or { Problem: not null };
    }

    public ValueTask<Revision> CurrentRevisionAsync(CancellationToken cancel = default) => _store.CurrentRevisionAsync(cancel);

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancel = default)
    {
        var rules = Rules;
        Write[]? writes = null;
        for (var i = 0; i < transaction.Writes.Count; i++)
        {
            if (transaction.Writes[i] is Write.Put put && rules.Write(put.Key, put.Value) is var value && !value.Equals(put.Value))
            {
                writes ??= [.. transaction.Writes];
                writes[i] = put with { Value = value };
            }
        }

        var result = await _store.CommitAsync(writes is null ? transaction : transaction with { Writes = writes }, cancel).ConfigureAwait(false);
        return result is CommitResult.Conflict { Current: { } current } conflict ? conflict with { Current = await OpenAsync(current, Opening.OrNothing, cancel).ConfigureAwait(false) } : result;
    }

    /// <summary>Why a value that came of <see cref="ReadAsync"/> or <see cref="WatchAsync"/> could not be opened, while whoever has its key is away; null where it was.</summary>
    public static string? ProblemOf(KeyValue value) => (value.Keeper as Unopened)?.Problem;

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancel = default) => ReadAsync(query, Opening.OrFail, cancel);

    /// <summary>The same, where values whose keys are away do not hinder the others: <see cref="ProblemOf"/> tells of them.</summary>
    public ValueTask<RangeResult> ReadAsync(RangeQuery query, CancellationToken cancel) => ReadAsync(query, Opening.OrWait, cancel);

    private async ValueTask<RangeResult> ReadAsync(RangeQuery query, Opening how, CancellationToken cancel)
    {
        var result = await _store.RangeAsync(query, cancel).ConfigureAwait(false);
        if (result is not RangeResult.Page { Items.Count: > 0 } page)
        {
            return result;
        }

        var items = new List<KeyValue>(page.Items.Count);
        foreach (var item in page.Items)
        {
            items.Add((await OpenAsync(item, how, cancel).ConfigureAwait(false))!);
        }

        return page with { Items = items };
    }

    public async IAsyncEnumerable<ChangeBatch> WatchAsync(WatchFrom from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var batch in _store.WatchAsync(from, cancel).ConfigureAwait(false))
        {
            yield return batch.Changes.Count == 0 ? batch
                : new ChangeBatch { Revision = batch.Revision, Changes = await OpenAsync(batch.Changes, Opening.OrWait, cancel).ConfigureAwait(false), IsCompacted = batch.IsCompacted };
        }
    }

    public async ValueTask<HistoryResult> HistoryAsync(string key, int limit = 100, CancellationToken cancel = default)
    {
        var result = await _store.HistoryAsync(key, limit, cancel).ConfigureAwait(false);
        return result with { Changes = await OpenAsync(result.Changes, Opening.OrFail, cancel).ConfigureAwait(false) };
    }

    public ValueTask<Revision> CompactAsync(Revision upTo, CancellationToken cancel = default) => _store.CompactAsync(upTo, cancel);

    public ValueTask<Revision> CompactAsync(TimeSpan age, CancellationToken cancel = default) => _store.CompactAsync(age, cancel);

    /// <summary>The store behind belongs to whoever opened it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<IReadOnlyList<Change>> OpenAsync(IReadOnlyList<Change> changes, Opening how, CancellationToken cancel)
    {
        var opened = new List<Change>(changes.Count);
        foreach (var change in changes)
        {
            await ReadyAsync(change.Current, cancel).ConfigureAwait(false);
            await ReadyAsync(change.Previous, cancel).ConfigureAwait(false);
            opened.Add(Open(change, how));
        }

        return opened;
    }

    private async ValueTask<KeyValue?> OpenAsync(KeyValue stored, Opening how, CancellationToken cancel)
    {
        await ReadyAsync(stored, cancel).ConfigureAwait(false);
        return Open(stored, how);
    }

    private async ValueTask ReadyAsync(KeyValue? stored, CancellationToken cancel)
    {
        var (now, last) = Volatile.Read(ref _keys);
        if (stored is not null)
        {
            await now.ReadyAsync(stored.Key, stored.Value, cancel).ConfigureAwait(false);
            if (last is not null)
            {
                await last.ReadyAsync(stored.Key, stored.Value, cancel).ConfigureAwait(false);
            }
        }
    }

    // The last state of what was replaced may have been written with a key that is gone.
    private Change Open(Change change, Opening how)
    {
        var (current, previous) = (change.Current is { } now ? Open(now, how) : null, change.Previous is { } before ? Open(before, Opening.OrNothing) : null);
        return ReferenceEquals(current, change.Current) && ReferenceEquals(previous, change.Previous) ? change : new Change
        {
            Key = change.Key, Id = change.Id, Current = current, Previous = previous, PreviousId = change.PreviousId, CreateRevision = change.CreateRevision,
            WrittenAt = change.WrittenAt,
        };
    }

    private KeyValue? Open(KeyValue stored, Opening how)
    {
        var keys = Volatile.Read(ref _keys);
        var (value, _, problem, away) = keys.Now.Read(stored.Key, stored.Value);
        if (problem is not null && keys.Last is { } last)
        {
            var older = last.Read(stored.Key, stored.Value);
            (value, problem, away) = older.Problem is null ? (older.Value, null, false) : (value, problem, away || older.Away);
        }

        if (problem is null)
        {
            return value.Equals(stored.Value) ? stored : With(stored, value);
        }

        problem = $"unable to transform key \"{stored.Key}\": {problem}";
        switch (how)
        {
            case Opening.OrNothing:
                return null;
            case Opening.OrWait when away:
                var waiting = With(stored, default);
                waiting.KeepBy(new Unopened(problem));
                return waiting;
            default:
                throw new EncryptionException(problem);
        }
    }

    private static KeyValue With(KeyValue stored, ReadOnlyMemory<byte> value) => new()
    {
        Key = stored.Key, Value = value, Id = stored.Id, CreateRevision = stored.CreateRevision, Version = stored.Version, PreviousId = stored.PreviousId,
        WrittenAt = stored.WrittenAt, ExpiresAt = stored.ExpiresAt, Durability = stored.Durability, EverRelaxed = stored.EverRelaxed,
    };

    /// <summary>What becomes of a value that cannot be opened.</summary>
    private enum Opening
    {
        OrFail,
        OrNothing,
        OrWait,
    }

    private sealed record Keys(EncryptionRules Now, EncryptionRules? Last);

    private sealed class Unopened(string problem) : IValueKeeper
    {
        public string Problem => problem;

        public ReadOnlyMemory<byte> Value => throw new EncryptionException(problem);
    }
}
