namespace Gantry.Api.Tests.Values;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", "0", 0)]
    [InlineData("100m", "100m", 1)]
    [InlineData("1000m", "1", 1)]
    [InlineData("0.1", "100m", 1)]
    [InlineData("0.5", "500m", 1)]
    [InlineData("1.5Gi", "1536Mi", 1610612736)]
    [InlineData("1024Mi", "1Gi", 1073741824)]
    [InlineData("1Ei", "1Ei", 1152921504606846976)]
    [InlineData("512Ki", "512Ki", 524288)]
    [InlineData("1Ki", "1Ki", 1024)]
    [InlineData("0.5Ki", "512", 512)]
    [InlineData("1e3", "1e3", 1000)]
    [InlineData("12345e2", "1234500", 1234500)]
    [InlineData("1E", "1E", 1000000000000000000)]
    [InlineData("2k", "2k", 2000)]
    [InlineData("-5", "-5", -5)]
    [InlineData("-1500m", "-1500m", -2)]
    [InlineData("+7", "7", 7)]
    [InlineData("007", "7", 7)]
    [InlineData("1n", "1n", 1)]
    [InlineData("0.1n", "1n", 1)]
    [InlineData("1.0000000001", "1000000001n", 2)]
    [InlineData("128974848", "128974848", 128974848)]
    [InlineData("129e6", "129e6", 129000000)]
    [InlineData("1.5", "1500m", 2)]
    [InlineData("8Ei", "9223372036854775807", long.MaxValue)]
    public void A_quantity_has_one_canonical_form(string text, string canonical, long value)
    {
        var quantity = Quantity.Parse(text);
        Assert.Equal(canonical, quantity.Canonical);
        Assert.Equal(value, quantity.Value);
    }

    [Theory]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1025Mi", "1025Mi")]
    [InlineData("1000m", "1")]
    [InlineData("1.5", "1500m")]
    [InlineData("1.500", "1.500")]
    [InlineData("1.234", "1.234")]
    [InlineData("0.5", "500m")]
    [InlineData("1000", "1k")]
    [InlineData("100", "100")]
    [InlineData("+7", "+7")]
    [InlineData("007", "007")]
    [InlineData("1e3", "1e3")]
    [InlineData("12e2", "1200")]
    [InlineData("0", "0")]
    [InlineData("0Gi", "0")]
    [InlineData("0m", "0")]
    [InlineData("00", "0")]
    [InlineData("0.5Gi", "512Mi")]
    [InlineData("1.1Mi", "1153433600m")]
    public void A_text_is_kept_where_the_Go_server_keeps_it(string text, string printed) => Assert.Equal(printed, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("", Quantity.WrongFormat)]
    [InlineData("abc", Quantity.WrongFormat)]
    [InlineData("1 Gi", Quantity.WrongFormat)]
    [InlineData("1Gb", Quantity.WrongFormat)]
    [InlineData("1Kii", Quantity.WrongSuffix)]
    [InlineData("1K", Quantity.WrongSuffix)]
    [InlineData("1e", Quantity.WrongSuffix)]
    public void A_wrong_text_is_refused_in_Kubernetes_words(string text, string error)
    {
        Assert.False(Quantity.TryParse(text, out _, out var said));
        Assert.Equal(error, said);
    }

    [Fact]
    public void Rounding_up_to_thousandths_makes_the_text_canonical()
    {
        Assert.Equal("1", Quantity.Parse("1000m").RoundUp(-3).ToString());
        Assert.Equal("2m", Quantity.Parse("1100u").RoundUp(-3).ToString());
    }

    [Fact]
    public void Amounts_add_compare_and_equal_across_suffixes()
    {
        Assert.Equal(Quantity.Parse("1Gi"), Quantity.Parse("1024Mi"));
        Assert.True(Quantity.Parse("1G") < Quantity.Parse("1Gi"));
        Assert.Equal("600m", (Quantity.Parse("500m") + Quantity.Parse("0.1")).ToString());
        Assert.Equal("3Gi", (Quantity.Parse("1Gi") + Quantity.Parse("2Gi")).ToString());
        Assert.Equal("0", default(Quantity).ToString());
        Assert.Equal(1500, Quantity.Parse("1.5").MilliValue);
    }
}
