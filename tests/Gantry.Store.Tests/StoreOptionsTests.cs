namespace Gantry.Store.Tests;

public sealed class StoreOptionsTests
{
    [Fact]
    public void The_defaults_are_good() => Assert.Empty(new StoreOptions().Check());

    [Fact]
    public void Every_bad_option_is_named_at_once()
    {
        var bad = new StoreOptions { MaxBytes = 1, HistoryAge = TimeSpan.Zero, HistoryBytes = -1, Queue = 0, RelaxedFlush = TimeSpan.Zero, MaxValueBytes = 0 };
        var problems = string.Join("\n", bad.Check());
        Assert.All(["maxBytes", "historyAge", "historyBytes", "queue", "relaxedFlush", "maxValueBytes"], name => Assert.Contains(name, problems, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a/", "/a/", "/a/b", true)]
    [InlineData("/a/", "/a0", "/a0", false)]
    [InlineData("", null, "\uffff\uffff", true)]
    public void A_prefix_is_a_range(string prefix, string? end, string key, bool inside)
    {
        var range = KeyRange.Prefix(prefix);
        Assert.Equal(end is null ? null : "/a0", range.To);
        Assert.Equal(inside, range.Contains(key));
    }
}
