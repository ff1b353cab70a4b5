using Gantry.Api.Cel;

namespace Gantry.Api.Tests.Cel;

public sealed class CelParserTests
{
    [Theory]
    [InlineData("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)")]
    [InlineData("a || b && c", "(a || (b && c))")]
    [InlineData("a ? b : c ? d : e", "(a ? b : (c ? d : e))")]
    [InlineData("!a.b && -c < 3", "((!a.b) && ((-c) < 3))")]
    [InlineData("!!a", "(!(!a))")]
    [InlineData("x in [1, 2,]", "(x in [1, 2])")]
    [InlineData("{'a': 1, 2: [ ]}['a']", "{\"a\": 1, 2: []}[\"a\"]")]
    [InlineData("self.spec.items[0].name.startsWith('x')", "self.spec.items[0].name.startsWith(\"x\")")]
    [InlineData("has(self.x) && size(self.x) > 0", "(has(self.x) && (size(self.x) > 0))")]
    [InlineData("l.all(i, i > 0)", "l.all(i, (i > 0))")]
    [InlineData("l.map(i, i > 0, i * 2)", "l.map(i, (i > 0), (i * 2))")]
    [InlineData(".a.b", ".a.b")]
    [InlineData("object.metadata.namespace // where it lives", "object.metadata.namespace")]
    public void An_expression_binds_as_the_grammar_says(string text, string expected) => Assert.Equal(expected, Compiled(text).ToString());

    [Theory]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0x1F", "31")]
    [InlineData("-0x10", "-16")]
    [InlineData("18446744073709551615u", "18446744073709551615u")]
    [InlineData("1.5e3", "1500")]
    [InlineData(".25", "0.25")]
    [InlineData("1 - 1", "(1 - 1)")]
    public void Numbers_are_read_exactly(string text, string expected) => Assert.Equal(expected, Compiled(text).ToString());

    [Theory]
    [InlineData("'a\"b'", "\"a\\\"b\"")]
    [InlineData(@"'\u00e9\x41\101\t'", "\"éAA\t\"")]
    [InlineData(@"r'\d+'", "\"\\\\d+\"")]
    [InlineData("'''it's\nhere'''", "\"it's\\nhere\"")]
    [InlineData(@"b'\xff\101'", "b\"ÿA\"")]
    [InlineData(@"'\U0001F600'", "\"😀\"")]
    public void Strings_and_bytes_are_unescaped(string text, string expected) => Assert.Equal(expected, Compiled(text).ToString());

    [Theory]
    [InlineData("", 1, 1, "unexpected end of expression")]
    [InlineData("1 +", 1, 4, "unexpected end of expression")]
    [InlineData("a &&\n  )", 2, 3, "unexpected ')'")]
    [InlineData("f(1", 1, 4, "unexpected end of expression, expecting ','")]
    [InlineData("a # b", 1, 3, "token recognition error at: '#'")]
    [InlineData("9223372036854775808", 1, 1, "invalid int literal")]
    [InlineData("'abc", 1, 1, "string literal is not closed")]
    [InlineData(@"'a\q'", 1, 3, "illegal escape sequence in string literal")]
    [InlineData(@"'\ud800'", 1, 2, "escape sequence names no Unicode character")]
    [InlineData("has(a)", 1, 1, "invalid argument to has() macro")]
    [InlineData("l.all(i.j, true)", 1, 9, "argument must be a simple name")]
    [InlineData("while", 1, 1, "reserved identifier: while")]
    [InlineData("v1.Pod{name: 'a'}", 1, 7, "message construction is not supported")]
    public void A_fault_is_named_with_its_place(string text, int line, int column, string message) =>
        Assert.Equal(new CelError(CelErrorKind.Syntax, message, line, column), CelProgram.Compile(text).Error);

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        Assert.StartsWith("expression is nested deeper", CelProgram.Compile(new string('(', 5000)).Error?.Message, StringComparison.Ordinal);
        Assert.StartsWith("expression is deeper", CelProgram.Compile("1" + string.Concat(Enumerable.Repeat("+1", 5000))).Error?.Message, StringComparison.Ordinal);
        Assert.StartsWith("expression is deeper", CelProgram.Compile(new string('!', 5000) + "a").Error?.Message, StringComparison.Ordinal);
        Assert.StartsWith("expression is longer", CelProgram.Compile(new string(' ', 200_000)).Error?.Message, StringComparison.Ordinal);
    }

    private static CelProgram Compiled(string text)
    {
        var (program, error) = CelProgram.Compile(text);
        Assert.Null(error);
        return program!;
    }
}
