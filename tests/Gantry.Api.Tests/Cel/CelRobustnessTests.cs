using System.Diagnostics;
using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Cel;

/// <summary>Whatever a client writes is answered with a value or an error, and soon.</summary>
public sealed class CelRobustnessTests
{
    private static readonly string[] Parts =
    [
        "self", "self.n", "self.s", "self.l", "self.m", "self.l[0]", "self.m['a']", "self.?x", "self.nope", "1", "-1", "0u", "2.5", "'a'", "''", "b'x'", "true", "null", "[]", "{}",
        "[1, 2]", "{'a': 1}", "x", "duration('1h')", "timestamp('2024-01-01T00:00:00Z')", "int", "9223372036854775807", "ip('::1')", "cidr('10.0.0.0/8')", "quantity('1Gi')",
        "url('https://a/')", "optional.none()", "optional.of(1)", "dyn(1)",
    ];

    private static readonly string[] Forms =
    [
        "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "({0} % {1})", "({0} == {1})", "({0} < {1})", "({0} in {1})", "({0} && {1})", "({0} || {1})", "!{0}", "-{0}",
        "({0} ? {1} : {0})", "{0}[{1}]", "{0}[?{1}]", "{0}.a", "{0}.?a", "has({0}.a)", "size({0})", "{0}.size()", "{0}.all(x, {1})", "{0}.exists(x, {1})", "{0}.exists_one(x, {1})",
        "{0}.map(x, {1})", "{0}.map(x, {1}, x)", "{0}.filter(x, {1})", "{0}.all(k, v, {1})", "{0}.transformMap(k, v, {1})", "{0}.transformList(k, v, {1})", "type({0})", "string({0})",
        "int({0})", "double({0})", "uint({0})", "bytes({0})", "bool({0})", "dyn({0})", "timestamp({0})", "duration({0})", "{0}.matches({1})", "{0}.find({1})", "{0}.findAll({1})",
        "{0}.contains({1})", "{0}.split({1})", "{0}.join({1})", "{0}.format([{1}])", "{0}.substring({1})", "{0}.replace({1}, {0})", "{0}.indexOf({1})", "{0}.lastIndexOf({1})",
        "{0}.charAt({1})", "{0}.sum()", "{0}.min()", "{0}.max()", "{0}.isSorted()", "sets.contains({0}, {1})", "sets.equivalent({0}, {1})", "isIP({0})", "isURL({0})", "isQuantity({0})",
        "{0}.optMap(x, {1})", "{0}.orValue({1})", "{0}.or({1})", "[{0}, {1}]", "[?{0}]", "{{{0}: {1}}}", "{{?'a': {0}}}", "{0}.getFullYear({1})", "{0}.hasValue()", "{0}.value()",
        "format.named({0})", "{0}.lowerAscii()", "strings.quote({0})", "{0}.containsIP({1})", "{0}.add({1})", "{0}.getHost()",
    ];

    private static readonly CelBindings Bindings = new()
    {
        ["self"] = CelValue.Of(TreeJson.Parse("""{"n":3,"s":"a[b","l":[1,"a",null,[2]],"m":{"a":{"b":1}}}""")),
        ["x"] = CelValue.Of(1L),
    };

    [Fact]
    public void Expressions_put_together_at_random_never_fail_otherwise()
    {
        var random = new Random(20241201);
        var environment = CelEnvironment.Stored.With("self", CelType.Dyn).With("x", CelType.Dyn);
        var evaluated = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var program = environment.Compile(Expression(random, random.Next(1, 5))).Program;
            if (program is not null)
            {
                program.EstimateCost();
                program.Evaluate(Bindings);
                evaluated++;
            }
        }
        Assert.InRange(evaluated, 2_000, 20_000);
    }

    [Fact]
    public void Texts_put_together_at_random_never_fail_otherwise()
    {
        var random = new Random(7);
        const string Characters = "ab1.0xue+-*/%!&|=<>?:()[]{},'\"\\ \n\t#`$é😀rRbB_@";
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 24)).Select(_ => Characters[random.Next(Characters.Length)]));
            var compiled = CelEnvironment.New.Compile(text);
            Assert.True(compiled.Program is not null || compiled.Issues.Length > 0, text);
        }
    }

    [Theory]
    [InlineData("l.map(x, l + l + l + l).size()")]
    [InlineData("[l].map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]) == [l]")]
    [InlineData("[1].map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(y, y == y)")]
    [InlineData("l.all(x, {'a': l} == {'a': l})")]
    [InlineData("l.map(x, s + s + s).size()")]
    [InlineData("s.replace('', s).size()")]
    [InlineData("'%s'.format([l.map(x, l)]).size()")]
    [InlineData("l.map(x, s).join().size()")]
    [InlineData("l.all(a, l.all(b, l.all(c, a + b + c >= 0)))")]
    [InlineData("s.matches('(x+x+)+y')")]
    [InlineData("sets.equivalent(l.map(x, [x]), l.map(x, [x + 1]))")]
    public void What_would_take_long_is_stopped(string text)
    {
        var list = new TreeList(Enumerable.Range(0, 20_000).Select(i => (Tree)(long)i));
        var compiled = CelEnvironment.Stored.With("l", CelType.Dyn).With("s", CelType.String).Compile(text);
        Assert.Equal("", compiled.Issues);
        var watch = Stopwatch.StartNew();
        compiled.Program!.Evaluate(new CelBindings { ["l"] = CelValue.Of(list), ["s"] = CelValue.Of(new string('x', 20_000)) });
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("a.", 40_000, "#")]
    [InlineData("[1 2,", 15_000, "")]
    [InlineData("-", 90_000, "")]
    [InlineData("{a:b,", 200, "}}")]
    [InlineData("a.b{c:", 200, "")]
    [InlineData("+ 1 ", 20_000, "")]
    [InlineData("f(x)]", 15_000, "")]
    [InlineData("1 2 ", 20_000, "")]
    public void All_errors_of_a_long_text_are_found_soon(string part, int times, string rest)
    {
        var watch = Stopwatch.StartNew();
        Assert.NotEmpty(CelEnvironment.New.Compile(string.Concat(Enumerable.Repeat(part, times)) + rest).Errors);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static string Expression(Random random, int depth) => depth == 0 || random.Next(5) == 0
        ? Parts[random.Next(Parts.Length)]
        : string.Format(null, Forms[random.Next(Forms.Length)], Expression(random, depth - 1), Expression(random, depth - 1));
}
