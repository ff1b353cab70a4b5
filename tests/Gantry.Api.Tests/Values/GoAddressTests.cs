namespace Gantry.Api.Tests.Values;

public sealed class GoAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", null)]
    [InlineData("", "unable to parse IP")]
    [InlineData("a", "unable to parse IP")]
    [InlineData("%a", "missing IPv6 address")]
    [InlineData("010.0.0.1", "IPv4 field has octet with leading zero")]
    [InlineData("1.2.3.256", "IPv4 field has value >255")]
    [InlineData("1.2.3.4.5", "IPv4 address too long")]
    [InlineData("1.2.3", "IPv4 address too short")]
    [InlineData("1..3.4", "IPv4 field must have at least one digit (at \".3.4\")")]
    [InlineData("1.2.3.", "IPv4 field must have at least one digit (at \".\")")]
    [InlineData("1.2.3.x", "unexpected character (at \"x\")")]
    [InlineData("::", null)]
    [InlineData("fe80::1%eth0", null)]
    [InlineData("fe80::1%", "zone must be a non-empty string")]
    [InlineData(":1", "each colon-separated field must have at least one digit (at \":1\")")]
    [InlineData("1::2::3", "multiple :: in address (at \":3\")")]
    [InlineData("12345::", "each group must have 4 or less digits (at \"12345::\")")]
    [InlineData("1:2", "address string too short")]
    [InlineData("1:2:", "colon must be followed by more characters (at \":\")")]
    [InlineData("1:2:3:4:5:6:7:8:9", "trailing garbage after address (at \"9\")")]
    [InlineData("1:2:3:4::5:6:7:8", "the :: must expand to at least one field of zeros")]
    [InlineData("1:2g::", "unexpected character, want colon (at \"g::\")")]
    [InlineData("1:2.3.4.5", "embedded IPv4 address must replace the final 2 fields of the address (at \"2.3.4.5\")")]
    [InlineData("1:2:3:4:5:6:7.8.9.10", null)]
    [InlineData("::1.2.3.400", "IPv4 field has value >255")]
    public void What_is_wrong_with_an_address_is_said_in_Gos_words(string text, string? problem) => Assert.Equal(problem, GoAddress.Parse(text, false, out _));

    [Theory]
    [InlineData("010.001.0000.09", "10.1.0.9")]
    [InlineData("::ffff:01.2.3.4", "1.2.3.4")]
    [InlineData("FD00:0:0:1::", "fd00:0:0:1::")]
    [InlineData("fe80::1%eth0", null)]
    [InlineData("0x1.2.3.4", null)]
    [InlineData("1.2.3", null)]
    [InlineData("[::1]", null)]
    public void The_older_way_of_reading_lets_numbers_begin_with_zeros(string text, string? address) =>
        Assert.Equal(address, GoAddress.Find(text) is { } found ? GoAddress.Text(found.GetAddressBytes()) : null);

    [Theory]
    [InlineData("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0")]
    [InlineData("::1.2.3.4", "::102:304")]
    [InlineData("::ffff:102:304", "::ffff:1.2.3.4")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    public void Addresses_are_printed_in_their_shortest_form(string text, string printed)
    {
        Assert.Null(GoAddress.Parse(text, false, out var bytes));
        Assert.Equal(printed, GoAddress.Text(bytes));
    }
}
