using Gantry.Client.Selectors;

namespace Gantry.Client.Tests.Selectors;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "front", ["generation"] = "7" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier=front", true)]
    [InlineData("app=web,tier=back", false)]
    [InlineData("app!=db", true)]
    [InlineData("missing!=x", true)]
    [InlineData("app in (db, web)", true)]
    [InlineData("app notin (db,web)", false)]
    [InlineData("missing notin (a)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!missing", true)]
    [InlineData("generation>6", true)]
    [InlineData("generation<7", false)]
    [InlineData("app>6", false)]
    public void A_selector_matches_as_its_text_says(string text, bool matches)
    {
        Assert.True(LabelSelector.TryParse(text, out var selector, out var error), error);
        Assert.Equal(matches, selector.Matches(Labels));
    }

    [Theory]
    [InlineData("app=")]
    [InlineData("app in ()")]
    public void An_empty_value_is_a_value(string text) => Assert.True(LabelSelector.TryParse(text, out _, out var error), error);

    [Theory]
    [InlineData("=web")]
    [InlineData("app in web")]
    [InlineData("app in (web")]
    [InlineData("app=web,")]
    [InlineData("a b")]
    [InlineData("generation>seven")]
    [InlineData("-app=web")]
    [InlineData("app=we!b")]
    public void What_is_no_selector_is_refused_with_a_reason(string text)
    {
        Assert.False(LabelSelector.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("app=")]
    [InlineData("")]
    public void What_is_too_long_is_refused_as_Kubernetes_refuses_it(string before)
    {
        Assert.False(LabelSelector.TryParse(before + new string('a', 64), out _, out var error));
        Assert.EndsWith("must be no more than 63 characters", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_of_a_selector_parses_to_the_same_selector()
    {
        Assert.True(LabelSelector.TryParse("b notin (y,x),a=1,!c,d,e>5", out var selector, out _));
        Assert.True(LabelSelector.TryParse(selector.ToString(), out var again, out _));
        Assert.Equal(selector.ToString(), again.ToString());
    }
}
