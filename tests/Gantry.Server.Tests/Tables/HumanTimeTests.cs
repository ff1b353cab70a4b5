using Gantry.Server.Tables;

namespace Gantry.Server.Tests.Tables;

public sealed class HumanTimeTests
{
    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(201, "3m21s")]
    [InlineData(1200, "20m")]
    [InlineData(10_799, "179m")]
    [InlineData(10_800, "3h")]
    [InlineData(15_000, "4h10m")]
    [InlineData(100_000, "27h")]
    [InlineData(180_000, "2d2h")]
    [InlineData(864_000, "10d")]
    [InlineData(86_400 * 800, "2y70d")]
    [InlineData(86_400L * 365 * 9, "9y")]
    public void A_span_shows_its_largest_units(long seconds, string text) => Assert.Equal(text, HumanTime.Span(TimeSpan.FromSeconds(seconds)));
}
