using Gantry.Controllers.Jobs;

namespace Gantry.Controllers.Tests.Jobs;

public sealed class IndexSetTests
{
    [Theory]
    [InlineData(new int[0], "")]
    [InlineData(new[] { 0 }, "0")]
    [InlineData(new[] { 0, 1 }, "0,1")]
    [InlineData(new[] { 7, 1, 4, 3, 5 }, "1,3-5,7")]
    [InlineData(new[] { 2, 2, 2 }, "2")]
    public void Indexes_are_written_as_ranges(int[] indexes, string text) => Assert.Equal(text, IndexSet.Of(indexes).ToString());

    [Fact]
    public void Indexes_beyond_the_completions_and_nonsense_are_left_out()
    {
        Assert.Equal("1,3,4", IndexSet.Parse("1,3-9,x,5-2,12", 5).ToString());
    }

    [Fact]
    public void A_set_does_what_a_set_of_numbers_does()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var dice = new Random(seed);
            var (a, b) = (Some(dice), Some(dice));
            var (left, right) = (IndexSet.Of(a), IndexSet.Of(b));
            Assert.Equal(a.Union(b).Order(), Enumerable.Range(0, 60).Where(left.With(right).Contains));
            Assert.Equal(a.Intersect(b).Count(), left.Common(right));
            Assert.Equal(a.Count, left.Count);
            Assert.Equal(left.ToString(), IndexSet.Parse(left.ToString(), 60).ToString());
            Assert.Equal(Enumerable.Range(0, 30).Except(a).Take(7), left.FirstMissing(7, 30));
        }
    }

    private static HashSet<int> Some(Random dice) => [.. Enumerable.Range(0, dice.Next(30)).Select(_ => dice.Next(50))];
}
