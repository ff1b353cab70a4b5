using Gantry.Server.Registry;

namespace Gantry.Server.Tests.Registry;

public sealed class SortedChunksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_set_and_removed_ranges_hold_what_a_sorted_list_holds(int seed)
    {
        var random = new Random(seed);
        var expected = new SortedDictionary<string, Thing>(StringComparer.Ordinal);
        var chunks = SortedChunks<Thing>.Empty;
        for (var step = 0; step < 3_000; step++)
        {
            var key = Key(random);
            if (random.Next(4) == 0)
            {
                expected.Remove(key);
                chunks = chunks.Remove(key);
            }
            else
            {
                var thing = new Thing(key, 1UL << random.Next(8));
                expected[key] = thing;
                chunks = chunks.Set(key, thing);
            }

            if (step % 20 == 0)
            {
                Compare(expected, chunks, random);
            }
        }

        Compare(expected, SortedChunks<Thing>.FromSorted([.. expected]), random);
    }

    private static void Compare(SortedDictionary<string, Thing> expected, SortedChunks<Thing> chunks, Random random)
    {
        var prefix = random.Next(3) == 0 ? "" : $"{(char)('a' + random.Next(5))}/";
        var after = random.Next(2) == 0 ? "" : Key(random);
        var marks = 1UL << random.Next(8);
        Thing[] found = [.. expected.Values.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(t.Key, after) > 0)];

        var range = chunks.Range(prefix, after);
        Assert.Equal(expected.Values, chunks);
        Assert.Equal(expected.Count, chunks.Count);
        Assert.Equal(found, range);
        Assert.Equal(found, range.ToArray());
        Assert.Equal(found.Length, range.Count);
        Assert.Equal(found.Where(t => t.Marks == marks), range.Marked(marks));
    }

    private static string Key(Random random) => $"{(char)('a' + random.Next(5))}/{random.Next(400):000}";

    private sealed record Thing(string Key, ulong Marks) : IMarked;
}
