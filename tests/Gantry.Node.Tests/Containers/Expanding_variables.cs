using Gantry.Node.Containers;

namespace Gantry.Node.Tests.Containers;

public sealed class Expanding_variables
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal) { ["A"] = "1", ["B"] = "$(A)", ["EMPTY"] = "" };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(A)", "x1y1")]
    [InlineData("$(B)", "$(A)")]
    [InlineData("$(EMPTY)", "")]
    [InlineData("$(NOPE)", "$(NOPE)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$$$$(A)", "$$(A)")]
    [InlineData("$A", "$A")]
    [InlineData("$(A", "$(A")]
    [InlineData("cost: 5$", "cost: 5$")]
    [InlineData("$()", "$()")]
    public void Follows_the_rules_of_commands(string text, string expected) => Assert.Equal(expected, Expansion.Expand(text, Known));

    [Fact]
    public void Names_what_is_missing()
    {
        var missing = new List<string>();
        Expansion.Expand("$(NOPE)/$(A)", Known, missing);
        Assert.Equal(["NOPE"], missing);
    }
}
