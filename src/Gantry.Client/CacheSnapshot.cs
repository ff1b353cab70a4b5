using System.Collections.Immutable;
using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>The objects of one kind at one revision. Immutable; safe to keep.</summary>
public sealed class CacheSnapshot<T>
    where T : class, IApiObject<T>
{
    private static readonly ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> NoKeys =
        ImmutableDictionary.Create<string, ImmutableHashSet<ObjectKey>>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<ObjectKey, T> _items;
    private readonly ImmutableDictionary<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>> _indexed;
    private readonly IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> _indexes;

    private CacheSnapshot(
        ImmutableDictionary<ObjectKey, T> items,
        ImmutableDictionary<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>> indexed,
        IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes,
        long revision)
    {
        _items = items;
        _indexed = indexed;
        _indexes = indexes;
        Revision = revision;
    }

    public long Revision { get; }

    public int Count => _items.Count;

    /// <summary>All objects, in no particular order.</summary>
    public IEnumerable<T> All => _items.Values;

    public T? Get(ObjectKey key) => _items.GetValueOrDefault(key);

    public T? Get(string ns, string name) => Get(new ObjectKey(ns, name));

    /// <summary>The objects whose index holds the key, ordered by namespace and name.</summary>
    public IReadOnlyList<T> By(string index, string key)
    {
        if (!_indexed.TryGetValue(index, out var keys))
        {
            throw new ArgumentException($"no index {index} of {T.Resource.QualifiedPlural}", nameof(index));
        }

        if (!keys.TryGetValue(key, out var found))
        {
            return [];
        }

        // Sorted in place: thousands of objects under one key are looked at again and again while they come.
        var sorted = new ObjectKey[found.Count];
        ((ICollection<ObjectKey>)found).CopyTo(sorted, 0);
        Array.Sort(sorted);
        return Array.ConvertAll(sorted, k => _items[k]);
    }

    internal static CacheSnapshot<T> Empty(IReadOnlyDictionary<string, Func<T, IEnumerable<string>>> indexes) =>
        new(
            ImmutableDictionary<ObjectKey, T>.Empty,
            indexes.Keys.ToImmutableDictionary(name => name, _ => NoKeys, StringComparer.Ordinal),
            indexes,
            0);

    internal CacheSnapshot<T> At(long revision) => new(_items, _indexed, _indexes, revision);

    internal CacheSnapshot<T> With(IEnumerable<T> items, long revision)
    {
        var all = _items.ToBuilder();
        var indexed = _indexed;
        foreach (var item in items)
        {
            var key = ObjectKey.Of(item);
            indexed = Reindex(indexed, key, all.GetValueOrDefault(key), item);
            all[key] = item;
        }

        return new(all.ToImmutable(), indexed, _indexes, revision);
    }

    internal CacheSnapshot<T> With(T item, long revision)
    {
        var key = ObjectKey.Of(item);
        return new(_items.SetItem(key, item), Reindex(_indexed, key, Get(key), item), _indexes, revision);
    }

    internal CacheSnapshot<T> Without(ObjectKey key, long revision) =>
        new(_items.Remove(key), Reindex(_indexed, key, Get(key), null), _indexes, revision);

    private ImmutableDictionary<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>> Reindex(
        ImmutableDictionary<string, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>> indexed, ObjectKey key, T? old, T? now)
    {
        foreach (var (name, keysOf) in _indexes)
        {
            // Most changes of an object leave its place in the indexes as it is.
            if (old is not null && now is not null && keysOf(old).SequenceEqual(keysOf(now), StringComparer.Ordinal))
            {
                continue;
            }

            var before = old is null ? [] : keysOf(old).ToHashSet(StringComparer.Ordinal);
            var after = now is null ? [] : keysOf(now).ToHashSet(StringComparer.Ordinal);
            if (before.SetEquals(after))
            {
                continue;
            }

            var index = indexed[name];
            foreach (var gone in before.Except(after))
            {
                var rest = index[gone].Remove(key);
                index = rest.IsEmpty ? index.Remove(gone) : index.SetItem(gone, rest);
            }

            foreach (var added in after.Except(before))
            {
                index = index.SetItem(added, index.GetValueOrDefault(added, ImmutableHashSet<ObjectKey>.Empty).Add(key));
            }

            indexed = indexed.SetItem(name, index);
        }

        return indexed;
    }
}
