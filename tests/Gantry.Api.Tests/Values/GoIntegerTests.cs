namespace Gantry.Api.Tests.Values;

public class GoIntegerTests
{
    [Theory]
    [InlineData("5", "ParseInt", 5L, null)]
    [InlineData("+5", "Atoi", 5L, null)]
    [InlineData("-5", "Atoi", -5L, null)]
    [InlineData("", "Atoi", 0L, "strconv.Atoi: parsing \"\": invalid syntax")]
    [InlineData("5a", "ParseInt", 0L, "strconv.ParseInt: parsing \"5a\": invalid syntax")]
    [InlineData("--5", "ParseInt", 0L, "strconv.ParseInt: parsing \"--5\": invalid syntax")]
    [InlineData("9223372036854775808", "ParseInt", 0L, "strconv.ParseInt: parsing \"9223372036854775808\": value out of range")]
    public void Integers_are_refused_in_words_of_Go(string text, string function, long number, string? words)
    {
        Assert.Equal(words is null, GoInteger.TryParse(text, function, out var value, out var error));
        Assert.Equal(words, error);
        Assert.Equal(number, value);
    }
}
