namespace Gantry.Api.Tests.Values;

public sealed class GoPatternTests
{
    [Theory]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("(a", "missing closing ): `(a`")]
    [InlineData("a)", "unexpected ): `a)`")]
    [InlineData("*a", "missing argument to repetition operator: `*`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("a{3,2}", "invalid repeat count: `{3,2}`")]
    [InlineData("[z-a]", "invalid character class range: `z-a`")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?<=a)", "invalid named capture: `(?<=a)`")]
    [InlineData("(a)\\1", "invalid escape sequence: `\\1`")]
    [InlineData("\\y", "invalid escape sequence: `\\y`")]
    [InlineData("a\\", "trailing backslash at end of expression: ``")]
    public void A_pattern_that_is_none_is_told_of_in_the_words_of_Go(string pattern, string error)
    {
        Assert.Equal((null, "error parsing regexp: " + error), GoPattern.Compile(pattern));
    }

    [Theory]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("(?m)^a$", "b\na\nc", true)]
    [InlineData("^\\d+$", "٣", false)]
    [InlineData("^[\\w.-]+$", "a_b-c.d", true)]
    [InlineData("^[^\\s]+$", "a b", false)]
    [InlineData("^[[:alpha:]]+$", "abc", true)]
    [InlineData("^\\Qa.b\\E$", "axb", false)]
    [InlineData("(?i)^ABC$", "abc", true)]
    [InlineData("^(?P<x>a)(?:b|c)$", "ac", true)]
    [InlineData("^a{2,}$", "aaa", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("^\\p{Greek}+$", "αβγ", true)]
    [InlineData("^[]a]$", "]", true)]
    [InlineData("^\\x{263a}$", "☺", true)]
    [InlineData("^[^\\D]$", "5", true)]
    [InlineData("#x y", "#x y", true)]
    public void A_pattern_matches_as_Go_has_it(string pattern, string text, bool matches)
    {
        var (compiled, error) = GoPattern.Compile(pattern);

        Assert.Null(error);
        Assert.Equal(matches, compiled!.IsMatch(text));
    }
}
