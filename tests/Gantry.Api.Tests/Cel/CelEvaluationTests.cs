using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Cel;

public sealed class CelEvaluationTests
{
    private static readonly TreeMap Object = (TreeMap)TreeJson.Parse("""{"n":3,"s":"héllo","l":[1,2,3],"m":{"a":1,"b":2},"f":1.5,"t":true,"a-b":true,"z":null}""");

    private static readonly CelEnvironment Environment = CelEnvironment.Stored.With("self", CelType.Dyn).With("missing", CelType.Dyn);

    [Theory]
    [InlineData("self.n + 4 * 2", "11")]
    [InlineData("7 - 2 - 1", "4")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0x1F + -0x10", "15")]
    [InlineData("18446744073709551615u", "18446744073709551615u")]
    [InlineData("1.5e3 + .25", "1500.25")]
    [InlineData("!!true && !!!false", "true")]
    [InlineData("true ? (false ? 1 : 2) : 3", "2")]
    [InlineData("true || false && false", "true")]
    [InlineData("dyn(1) == 1.0 && dyn(1u) == 1 && 1u < 1.5 && 2 > 1.5", "true")]
    [InlineData("dyn(1) == 'a'", "false")]
    [InlineData("dyn([1, 2]) == dyn([dyn(1.0), dyn(2u)])", "true")]
    [InlineData("size(self.s) == 5 && self.s.size() == 5", "true")]
    [InlineData("self['a-b']", "true")]
    [InlineData("has(self.x) ? 1 : 2", "2")]
    [InlineData("has(self.z)", "true")]
    [InlineData("self.nope || true", "true")]
    [InlineData("false && 1 / 0 > 1", "false")]
    [InlineData("self.l.map(i, i > 1, i * 2)", "[4, 6]")]
    [InlineData("self.l.filter(i, i != 2)", "[1, 3]")]
    [InlineData("self.m.map(k, k)", "[\"a\", \"b\"]")]
    [InlineData("self.l.exists(i, 6 / (i - 1) == 3)", "true")]
    [InlineData("self.l.all(i, i in [1, 2, 3])", "true")]
    [InlineData("self.l.exists_one(i, i == 2)", "true")]
    [InlineData("'b' in self.m && !('c' in self.m)", "true")]
    [InlineData("self.l.all(i, v, v == i + 1)", "true")]
    [InlineData("self.m.transformMap(k, v, v * 10)", "{\"a\": 10, \"b\": 20}")]
    [InlineData("self.m.transformList(k, v, v > 1, k)", "[\"b\"]")]
    [InlineData("self.m.transformMapEntry(k, v, {v: k})", "{1: \"a\", 2: \"b\"}")]
    [InlineData("self.s.matches('^h.l{2}o$')", "true")]
    [InlineData("int('-5') % 3", "-2")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') + duration('1h') > timestamp('2024-01-01T00:30:00Z')", "true")]
    [InlineData("timestamp('2024-02-29T13:14:15.678Z').getDayOfYear()", "59")]
    [InlineData("timestamp('2024-02-29T23:14:15Z').getDate('+02:00')", "1")]
    [InlineData("duration('90m').getHours()", "1")]
    [InlineData("timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h')", "true")]
    [InlineData("type(self.n) == int && type('') == string && type(type(1)) == type", "true")]
    [InlineData("type(self.l) == list && type(self.m) == map && type(null) == null_type", "true")]
    [InlineData("type(timestamp(0)) == google.protobuf.Timestamp", "true")]
    [InlineData("string(1.0) + string(true) + string(b'a') + string(duration('1m'))", "\"1truea60s\"")]
    [InlineData("{'a': 1}.a", "1")]
    [InlineData("{'a': [1], 'b': [2]}['b'][0]", "2")]
    [InlineData(@"'\u00e9\x41\101\t' + r'\d' + '''it's'''", "\"éAA\\t\\\\dit's\"")]
    [InlineData("b'\\xff' + b'A'", "b\"ÿA\"")]
    [InlineData("self.?x.orValue(5)", "5")]
    [InlineData("self.?n.hasValue() && !self.?m.?c.hasValue()", "true")]
    [InlineData("self.m[?'b'].value() + self.l[?7].orValue(1)", "3")]
    [InlineData("[?self.?x, ?self.?n]", "[3]")]
    [InlineData("{?'x': self.?x, ?'n': self.?n}", "{\"n\": 3}")]
    [InlineData("self.?n.optMap(n, n + 1)", "optional.of(4)")]
    [InlineData("self.?x.optMap(self, self + 1).hasValue()", "false")]
    [InlineData("self.?n.optFlatMap(n, optional.none()) == optional.none()", "true")]
    [InlineData("optional.ofNonZeroValue('') == optional.none() && optional.of(1).or(optional.of(2)).value() == 1", "true")]
    [InlineData("self.f < 2 && self.n >= 3u", "true")]
    [InlineData("'a' < 'b' && b'a' < b'b' && false < true", "true")]
    [InlineData("self.n // a comment", "3")]
    [InlineData("[[1]].map(x, x.map(y, y + 1))", "[[2]]")]
    [InlineData("[1, 2].map(x, [x]).map(x, x + x)", "[[1, 1], [2, 2]]")]
    public void An_expression_has_its_value(string text, string expected)
    {
        var compiled = Environment.Compile(text);
        Assert.Equal("", compiled.Issues);
        var outcome = compiled.Program!.Evaluate(new CelBindings { ["self"] = CelValue.Of(Object) });
        Assert.Null(outcome.Error);
        Assert.Equal(expected, outcome.Value.ToString());
    }

    [Theory]
    [InlineData("1 / 0", "division by zero")]
    [InlineData("5 % 0", "modulus by zero")]
    [InlineData("9223372036854775807 + 1", "integer overflow")]
    [InlineData("0u - 1u", "unsigned integer overflow")]
    [InlineData("self.nope", "no such key: nope")]
    [InlineData("self.m['c']", "no such key: c")]
    [InlineData("self.l[3]", "index out of bounds: 3")]
    [InlineData("self.n + 'a'", "no such overload")]
    [InlineData("self.z + 1", "no such overload: _+_(null_type, int)")]
    [InlineData("self.s < 1", "no such overload")]
    [InlineData("self.n.x", "no such overload")]
    [InlineData("self.n.matches('a')", "no such overload: matches(int, string)")]
    [InlineData("missing", "no such attribute(s): missing")]
    [InlineData("self.n && true", "no such overload")]
    [InlineData("self.n ? 1 : 2", "no such overload")]
    [InlineData("optional.none().value()", "optional.none() dereference")]
    [InlineData("int(self.s)", "type conversion error from 'string' to 'int'")]
    [InlineData("self.l.all(i, 2 / (i - 1) > 0)", "division by zero")]
    public void An_evaluation_fails_in_the_words_of_the_reference(string text, string message)
    {
        var compiled = Environment.Compile(text);
        Assert.Equal("", compiled.Issues);
        Assert.Equal(message, compiled.Program!.Evaluate(new CelBindings { ["self"] = CelValue.Of(Object) }).Error);
    }

    [Fact]
    public void A_spent_budget_stops_the_evaluation()
    {
        var outcome = Environment.Compile("self.l.all(i, self.l.all(j, true)) || true").Program!.Evaluate(new CelBindings { ["self"] = CelValue.Of(Object) }, 10);
        Assert.True(outcome.Exceeded);
        Assert.Equal("operation cancelled: actual cost limit exceeded", outcome.Error);
    }

    [Fact]
    public void Macros_with_two_variables_are_for_stored_expressions_only() =>
        Assert.Contains("undeclared reference to 'all'", CelEnvironment.New.Compile("[1].all(i, v, v == 1)").Issues, StringComparison.Ordinal);

    [Fact]
    public void An_evaluation_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var program = Environment.Compile("[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, a + b > 0))").Program!;
        Assert.Throws<OperationCanceledException>(() => program.Evaluate(new CelBindings(), cancellation: source.Token));
    }
}
