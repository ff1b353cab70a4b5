using Gantry.Api.Cel;

namespace Gantry.Api.Tests.Cel;

/// <summary>Texts that are no expressions, with what the reference implementation says of them (cel-go's own tests, and its grammar).</summary>
public sealed class CelSyntaxErrorTests
{
    private const string Starts = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    [Theory]
    [InlineData("[1].map(var, var * var)", "1:9 argument is not an identifier", "1:9 reserved identifier: var", "1:14 reserved identifier: var", "1:20 reserved identifier: var")]
    [InlineData("while(1) + if", "1:1 reserved identifier: while", "1:12 reserved identifier: if")]
    [InlineData("1.all(2, 3) || 1.filter(a.b, true)", "1:7 argument must be a simple name", "1:26 argument is not an identifier")]
    [InlineData("has(m) && 1.0e999 > 0xFFFFFFFFFFFFFFFFF", "1:5 invalid argument to has() macro", "1:11 invalid double literal", "1:21 invalid int literal")]
    public void Every_part_that_means_nothing_is_told(string text, params string[] errors)
    {
        var found = CelEnvironment.New.Compile(text).Errors.Select(e => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{e.Line}:{e.Column + 1} {e.Message}"));

        Assert.Equal(errors.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "1:1 mismatched input '<EOF>' expecting ~")]
    [InlineData("1 + +", "1:5 mismatched input '+' expecting ~", "1:6 mismatched input '<EOF>' expecting ~")]
    [InlineData("1 + $", "1:5 token recognition error at: '$'", "1:6 mismatched input '<EOF>' expecting ~")]
    [InlineData("*@a | b", "1:1 extraneous input '*' expecting ~", "1:2 token recognition error at: '@'", "1:5 token recognition error at: '| '", "1:7 extraneous input 'b' expecting <EOF>")]
    [InlineData("a | b", "1:3 token recognition error at: '| '", "1:5 extraneous input 'b' expecting <EOF>")]
    [InlineData("a = b", "1:3 token recognition error at: '= '", "1:5 extraneous input 'b' expecting <EOF>")]
    [InlineData("a =b", "1:3 token recognition error at: '=b'")]
    [InlineData("1 + 2\n3 +", "2:1 mismatched input '3' expecting <EOF>")]
    [InlineData("--", "1:3 no viable alternative at input '-'", "1:3 mismatched input '<EOF>' expecting ~")]
    [InlineData("in", "1:1 mismatched input 'in' expecting ~", "1:3 mismatched input '<EOF>' expecting ~")]
    [InlineData("?", "1:1 mismatched input '?' expecting ~", "1:2 mismatched input '<EOF>' expecting ~")]
    [InlineData("self.true == 1", "1:6 mismatched input 'true' expecting IDENTIFIER")]
    [InlineData("{\"a\": 1}.\"a\"", "1:10 no viable alternative at input '.\"a\"'")]
    [InlineData("a.", "1:3 no viable alternative at input '.'")]
    [InlineData("func{{a}}", "1:6 extraneous input '{' expecting {'}', ',', '?', IDENTIFIER}", "1:8 mismatched input '}' expecting ':'", "1:9 extraneous input '}' expecting <EOF>")]
    [InlineData("t{>C}", "1:3 extraneous input '>' expecting {'}', ',', '?', IDENTIFIER}", "1:5 mismatched input '}' expecting ':'")]
    [InlineData("msg{:a}", "1:5 extraneous input ':' expecting {'}', ',', '?', IDENTIFIER}", "1:7 mismatched input '}' expecting ':'")]
    [InlineData("{a}", "1:3 mismatched input '}' expecting ':'")]
    [InlineData("ind[a{b}]", "1:8 mismatched input '}' expecting ':'")]
    [InlineData("(a", "1:3 missing ')' at '<EOF>'")]
    [InlineData("f(1", "1:4 missing ')' at '<EOF>'")]
    [InlineData("f(1 2)", "1:5 extraneous input '2' expecting ')'")]
    [InlineData("[1", "1:3 mismatched input '<EOF>' expecting {']', ','}")]
    [InlineData("'abc", "1:1 token recognition error at: ''abc'", "1:5 mismatched input '<EOF>' expecting ~")]
    [InlineData("\"\\xFh\"", "1:1 token recognition error at: '\"\\xFh'", "1:6 token recognition error at: '\"'", "1:7 mismatched input '<EOF>' expecting ~")]
    [InlineData("1.all(2, 3", "1:11 missing ')' at '<EOF>'")]
    [InlineData("a ? b", "1:6 mismatched input '<EOF>' expecting ':'")]
    [InlineData("a == b)", "1:7 extraneous input ')' expecting <EOF>")]
    [InlineData("a.b && && c", "1:8 extraneous input '&&' expecting ~")]
    [InlineData("'x' in ['a'] && in.y", "1:17 extraneous input 'in' expecting ~")]
    [InlineData("'x' in ['a'] && in.#", "1:17 extraneous input 'in' expecting ~", "1:20 token recognition error at: '#'", "1:21 no viable alternative at input '.'")]
    public void Every_error_is_told_where_it_is(string text, params string[] errors)
    {
        var found = CelEnvironment.New.Compile(text).Errors.Select(e => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{e.Line}:{e.Column + 1} {e.Message}"));

        Assert.Equal(errors.Select(e => e.Replace("~", Starts, StringComparison.Ordinal).Insert(e.IndexOf(' ', StringComparison.Ordinal) + 1, "Syntax error: ")), found);
    }
}
