using System.Collections;

namespace Gantry.Server.Registry;

/// <summary>
/// An immutable sorted map in two levels: an array of small sorted chunks. A change copies one chunk and the outer array, so a write among
/// ten thousand objects moves a few kilobytes, while readers walk plain arrays in order. Balanced trees were set aside: they walk slowly.
/// </summary>
/// <typeparam name="T">The values; their key is given beside them. Their marks are kept beside the keys, so that few are found among many without touching the others.</typeparam>
public sealed class SortedChunks<T> : IEnumerable<T>
    where T : class, IMarked
{
    private const int ChunkSize = 128;

    private readonly Chunk[] _chunks;

    private SortedChunks(Chunk[] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public static SortedChunks<T> Empty { get; } = new([], 0);

    public int Count { get; }

    /// <summary>Builds the map from pairs in ascending order of their keys.</summary>
    public static SortedChunks<T> FromSorted(IReadOnlyList<KeyValuePair<string, T>> items)
    {
        var chunks = new List<Chunk>();
        for (var start = 0; start < items.Count; start += ChunkSize / 2)
        {
            var length = Math.Min(ChunkSize / 2, items.Count - start);
            var keys = new string[length];
            var values = new T[length];
            for (var i = 0; i < length; i++)
            {
                keys[i] = items[start + i].Key;
                values[i] = items[start + i].Value;
            }

            chunks.Add(Chunk.Of(keys, values));
        }

        return new SortedChunks<T>([.. chunks], items.Count);
    }

    public T? Find(string key)
    {
        var chunk = ChunkFor(key);
        if (chunk < 0)
        {
            return null;
        }

        var at = Array.BinarySearch(_chunks[chunk].Keys, key, StringComparer.Ordinal);
        return at < 0 ? null : _chunks[chunk].Values[at];
    }

    /// <summary>The map with this value under this key.</summary>
    public SortedChunks<T> Set(string key, T value)
    {
        var index = ChunkFor(key);
        if (index < 0)
        {
            if (_chunks.Length == 0)
            {
                return new SortedChunks<T>([Chunk.Of([key], [value])], 1);
            }

            index = 0;
        }

        var chunk = _chunks[index];
        var at = Array.BinarySearch(chunk.Keys, key, StringComparer.Ordinal);
        if (at >= 0)
        {
            return new SortedChunks<T>(Replace(index, chunk.With(at, value)), Count);
        }

        at = ~at;
        var grown = new Chunk(Insert(chunk.Keys, at, key), Insert(chunk.Values, at, value), Insert(chunk.Marks, at, value.Marks));
        if (grown.Keys.Length <= ChunkSize)
        {
            return new SortedChunks<T>(Replace(index, grown), Count + 1);
        }

        // Appending in order (generated names with a common prefix, events) leaves the left part full instead of half empty.
        var split = at == grown.Keys.Length - 1 ? grown.Keys.Length - 1 : grown.Keys.Length / 2;
        return new SortedChunks<T>(
            [.. _chunks[..index], grown.Slice(0, split), grown.Slice(split, grown.Keys.Length - split), .. _chunks[(index + 1)..]],
            Count + 1);
    }

    /// <summary>The map without this key.</summary>
    public SortedChunks<T> Remove(string key)
    {
        var index = ChunkFor(key);
        var at = index < 0 ? -1 : Array.BinarySearch(_chunks[index].Keys, key, StringComparer.Ordinal);
        if (at < 0)
        {
            return this;
        }

        var chunk = _chunks[index];
        if (chunk.Keys.Length == 1)
        {
            return new SortedChunks<T>([.. _chunks[..index], .. _chunks[(index + 1)..]], Count - 1);
        }

        return new SortedChunks<T>(Replace(index, new Chunk(Cut(chunk.Keys, at), Cut(chunk.Values, at), Cut(chunk.Marks, at))), Count - 1);
    }

    /// <summary>The values whose keys start with the prefix and come after <paramref name="after"/>, in order.</summary>
    /// <param name="prefix">Empty for all.</param>
    /// <param name="after">A key that need not exist; empty for the beginning.</param>
    public SortedRange<T> Range(string prefix, string after = "")
    {
        var start = after.Length > 0 && string.CompareOrdinal(prefix, after) <= 0 ? Place(after, past: true) : Place(prefix, past: false);
        // The next text that does not start with the prefix: no key has the last of all characters.
        var end = prefix.Length == 0 ? (_chunks.Length, 0) : Place(prefix[..^1] + (char)(prefix[^1] + 1), past: false);
        return new SortedRange<T>(_chunks, start, end);
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (var chunk in _chunks)
        {
            foreach (var value in chunk.Values)
            {
                yield return value;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Where the key is or would be, or the place behind it. Never the end of a chunk.
    private (int Chunk, int At) Place(string key, bool past)
    {
        var index = ChunkFor(key);
        if (index < 0)
        {
            return (0, 0);
        }

        var keys = _chunks[index].Keys;
        var at = Array.BinarySearch(keys, key, StringComparer.Ordinal);
        at = at < 0 ? ~at : past ? at + 1 : at;
        return at < keys.Length ? (index, at) : (index + 1, 0);
    }

    // The last chunk whose first key is not above the key; -1 when the key comes before everything.
    private int ChunkFor(string key)
    {
        var (low, high) = (0, _chunks.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_chunks[middle].Keys[0], key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private Chunk[] Replace(int index, Chunk chunk)
    {
        var copy = (Chunk[])_chunks.Clone();
        copy[index] = chunk;
        return copy;
    }

    private static TItem[] Insert<TItem>(TItem[] items, int at, TItem item)
    {
        var grown = new TItem[items.Length + 1];
        Array.Copy(items, grown, at);
        grown[at] = item;
        Array.Copy(items, at, grown, at + 1, items.Length - at);
        return grown;
    }

    private static TItem[] Cut<TItem>(TItem[] items, int at)
    {
        var shrunk = new TItem[items.Length - 1];
        Array.Copy(items, shrunk, at);
        Array.Copy(items, at + 1, shrunk, at, shrunk.Length - at);
        return shrunk;
    }

    internal sealed record Chunk(string[] Keys, T[] Values, ulong[] Marks)
    {
        public static Chunk Of(string[] keys, T[] values) => new(keys, values, Array.ConvertAll(values, v => v.Marks));

        public Chunk With(int at, T value)
        {
            var values = (T[])Values.Clone();
            values[at] = value;
            if (Marks[at] == value.Marks)
            {
                return this with { Values = values };
            }

            var marks = (ulong[])Marks.Clone();
            marks[at] = value.Marks;
            return new Chunk(Keys, values, marks);
        }

        public Chunk Slice(int start, int length) =>
            new(Keys.AsSpan(start, length).ToArray(), Values.AsSpan(start, length).ToArray(), Marks.AsSpan(start, length).ToArray());
    }
}
