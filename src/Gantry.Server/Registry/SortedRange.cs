using System.Collections;

namespace Gantry.Server.Registry;

/// <summary>A stretch of a <see cref="SortedChunks{T}"/>, counted without being walked.</summary>
/// <typeparam name="T">The values.</typeparam>
public sealed class SortedRange<T> : IReadOnlyCollection<T>
    where T : class, IMarked
{
    private readonly SortedChunks<T>.Chunk[] _chunks;
    private readonly (int Chunk, int At) _start;
    private readonly (int Chunk, int At) _end;

    /// <param name="chunks">All chunks.</param>
    /// <param name="start">The first value.</param>
    /// <param name="end">The first value behind.</param>
    internal SortedRange(SortedChunks<T>.Chunk[] chunks, (int Chunk, int At) start, (int Chunk, int At) end)
    {
        _chunks = chunks;
        _start = start;
        _end = end.CompareTo(start) < 0 ? start : end;
    }

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            var count = 0;
            for (var index = _start.Chunk; Bounds(index) is { Length: >= 0 } part; index++)
            {
                count += part.Length;
            }

            return count;
        }
    }

    /// <summary>The values in an array.</summary>
    public T[] ToArray()
    {
        var values = new T[Count];
        var at = 0;
        for (var index = _start.Chunk; Bounds(index) is { Length: >= 0 } part; index++)
        {
            Array.Copy(_chunks[index].Values, part.From, values, at, part.Length);
            at += part.Length;
        }

        return values;
    }

    /// <summary>The values that have all these marks. Marks are shared, so each must still be looked at.</summary>
    /// <param name="marks">0 for all values.</param>
    public IEnumerable<T> Marked(ulong marks)
    {
        for (var index = _start.Chunk; Bounds(index) is { Length: >= 0 } part; index++)
        {
            var chunk = _chunks[index];
            for (var at = part.From; at < part.From + part.Length; at++)
            {
                if ((chunk.Marks[at] & marks) == marks)
                {
                    yield return chunk.Values[at];
                }
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Marked(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The part of a chunk that is in the range; a length of -1 behind its end.
    private (int From, int Length) Bounds(int index)
    {
        if (index > _end.Chunk || index >= _chunks.Length)
        {
            return (0, -1);
        }

        var from = index == _start.Chunk ? _start.At : 0;
        return (from, (index == _end.Chunk ? _end.At : _chunks[index].Keys.Length) - from);
    }
}
