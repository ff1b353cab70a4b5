using Gantry.Server.CustomResources;

namespace Gantry.Server.Tests.CustomResources;

public sealed class TextFormatTests
{
    [Theory]
    [InlineData("bsonobjectid", "507f1f77bcf86cd799439011", "507f")]
    [InlineData("uri", "https://example.com/a?b=c", "example.com")]
    [InlineData("uri", "/path", "http://[::1")]
    [InlineData("uri", "mailto:a@example.com", "http://a b/")]
    [InlineData("email", "a@example.com", "example.com")]
    [InlineData("email", "A <a@example.com>", "a@")]
    [InlineData("hostname", "www.example.com", "www..example.com")]
    [InlineData("hostname", "localhost", "-a")]
    [InlineData("ipv4", "192.0.2.1", "192.0.2")]
    [InlineData("ipv4", "10.0.0.255", "::1")]
    [InlineData("ipv6", "2001:db8::1", "192.0.2.1")]
    [InlineData("cidr", "10.0.0.0/8", "10.0.0.0")]
    [InlineData("cidr", "2001:db8::/32", "10.0.0.0/33")]
    [InlineData("mac", "01:02:03:04:ab:cd", "01:02:03")]
    [InlineData("mac", "0102.0304.abcd", "01-02:zz")]
    [InlineData("uuid", "A8098C1A-F86E-11DA-BD1A-00112444BE1E", "a8098c1a")]
    [InlineData("uuid3", "bcd02e22-68f0-3046-a512-327cca9def8f", "025b0d74-00a2-4048-bf57-227c5111bb34")]
    [InlineData("uuid4", "025b0d74-00a2-4048-bf57-227c5111bb34", "bcd02e22-68f0-3046-a512-327cca9def8f")]
    [InlineData("uuid5", "886313e1-3b8a-5372-9b90-0c9aee199e5d", "025b0d74-00a2-4048-bf57-227c5111bb34")]
    [InlineData("isbn", "978-0321751041", "978-0321751042")]
    [InlineData("isbn10", "0321751043", "0321751044")]
    [InlineData("isbn13", "978-0321751041", "0321751043")]
    [InlineData("creditcard", "4111-1111-1111-1111", "4111-1111-1111-1112")]
    [InlineData("ssn", "111-11-1111", "111-11-111")]
    [InlineData("hexcolor", "#FFFFFF", "#FFFF")]
    [InlineData("rgbcolor", "rgb(100, 150,250)", "rgb(100,150,256)")]
    [InlineData("byte", "aGVsbG8=", "aGVsbG8")]
    [InlineData("date", "2014-12-15", "2014-13-15")]
    [InlineData("duration", "5m30s", "five minutes")]
    [InlineData("duration", "22 ns", "22")]
    [InlineData("duration", "3 days", "3 fortnights")]
    [InlineData("datetime", "2014-12-15T19:30:20.000Z", "2014-12-15")]
    [InlineData("date-time", "2014-12-15t19:30:20+01:00", "2014-12-15T24:30:20Z")]
    public void A_format_takes_what_it_means_and_nothing_else(string format, string good, string bad)
    {
        Assert.Equal(format, TextFormats.Known(format));
        Assert.True(TextFormats.Fits(format, good), good);
        Assert.False(TextFormats.Fits(format, bad), bad);
    }

    [Fact]
    public void Formats_that_are_not_checked_take_everything()
    {
        Assert.Equal("", TextFormats.Known("int32"));
        Assert.True(TextFormats.Fits("k8s-short-name", "anything"));
        Assert.True(TextFormats.Fits("password", ""));
    }
}
