using Gantry.Api.Cel;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Cel;

public sealed class CelCheckTests
{
    private static readonly CelType Self = CelSchema.Of(
        (TreeMap)TreeJson.Parse("""
        {"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"},"name":{"type":"string"},"namespace":{"type":"string"},
        "a-b.c/d__e":{"type":"string"},"port":{"x-kubernetes-int-or-string":true},"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
        "any":{"x-kubernetes-preserve-unknown-fields":true},"labels":{"type":"object","additionalProperties":{"type":"string"}},
        "items":{"type":"array","items":{"type":"object","properties":{"n":{"type":"number"}}}},"when":{"type":"string","format":"date-time"},
        "wait":{"type":"string","format":"duration"},"data":{"type":"string","format":"byte"}}}}}
        """),
        true)!;

    private static readonly CelEnvironment Environment = CelEnvironment.New.With("self", Self);

    [Theory]
    [InlineData("self.spec.replicas > 1 && self.spec.name == 'a'", "bool")]
    [InlineData("self.spec.__namespace__", "string")]
    [InlineData("self.spec.a__dash__b__dot__c__slash__d__underscores__e", "string")]
    [InlineData("self.spec.port", "dyn")]
    [InlineData("self.spec.labels", "map(string, string)")]
    [InlineData("self.spec.items.map(i, i.n)", "list(double)")]
    [InlineData("self.spec.when - self.spec.wait", "timestamp")]
    [InlineData("self.spec.data", "bytes")]
    [InlineData("self.metadata.name + self.metadata.generateName + self.kind + self.apiVersion", "string")]
    [InlineData("self.spec.?name", "optional_type(string)")]
    [InlineData("[]", "list(dyn)")]
    [InlineData("true ? [] : [1]", "list(int)")]
    [InlineData("self.spec.free", "selfType.spec.free")]
    [InlineData("type(self.spec.replicas) == int", "bool")]
    public void A_good_expression_has_a_type(string text, string type)
    {
        var compiled = Environment.Compile(text);
        Assert.Equal("", compiled.Issues);
        Assert.Equal(type, compiled.Program!.ResultType.ToString());
    }

    [Theory]
    [InlineData("self.spec.x", "ERROR: <input>:1:10: undefined field 'x'\n | self.spec.x\n | .........^")]
    [InlineData("self.spec.any == 1", "ERROR: <input>:1:10: undefined field 'any'\n | self.spec.any == 1\n | .........^")]
    [InlineData("self.metadata.labels", "ERROR: <input>:1:14: undefined field 'labels'\n | self.metadata.labels\n | .............^")]
    [InlineData("self.spec.namespace", "ERROR: <input>:1:10: undefined field 'namespace'\n | self.spec.namespace\n | .........^")]
    [InlineData("self.spec.free.x", "ERROR: <input>:1:15: undefined field 'x'\n | self.spec.free.x\n | ..............^")]
    [InlineData("other.x", "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other.x\n | ^")]
    [InlineData("nope(1)", "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(1)\n | ....^")]
    [InlineData("self.spec.replicas + 'a'", "ERROR: <input>:1:20: found no matching overload for '_+_' applied to '(int, string)'\n | self.spec.replicas + 'a'\n | ...................^")]
    [InlineData("self.spec.name.startsWith(1)", "ERROR: <input>:1:26: found no matching overload for 'startsWith' applied to 'string.(int)'\n | self.spec.name.startsWith(1)\n | .........................^")]
    [InlineData("self.spec.replicas.x", "ERROR: <input>:1:19: type 'int' does not support field selection\n | self.spec.replicas.x\n | ..................^")]
    [InlineData("self.spec.name.all(c, true)", "ERROR: <input>:1:10: expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.spec.name.all(c, true)\n | .........^")]
    [InlineData("1 in self.spec.labels", "ERROR: <input>:1:3: found no matching overload for '@in' applied to '(int, map(string, string))'\n | 1 in self.spec.labels\n | ..^")]
    [InlineData("[1, 'a']", "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^")]
    [InlineData("self.spec.name == null", "ERROR: <input>:1:16: found no matching overload for '_==_' applied to '(string, null)'\n | self.spec.name == null\n | ...............^")]
    [InlineData("'é' + 1", "ERROR: <input>:1:5: found no matching overload for '_+_' applied to '(string, int)'\n | 'é' + 1\n | .．..^")]
    [InlineData("1 +\n  'a'", "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 +\n | ..^")]
    [InlineData("duration('1x') == self.spec.wait", "ERROR: <input>:1:10: invalid duration argument\n | duration('1x') == self.spec.wait\n | .........^")]
    [InlineData("self.spec.name.matches('[')", "ERROR: <input>:1:24: invalid matches argument\n | self.spec.name.matches('[')\n | .......................^")]
    [InlineData("a.x + b", "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a.x + b\n | ^\nERROR: <input>:1:7: undeclared reference to 'b' (in container '')\n | a.x + b\n | ......^")]
    [InlineData("v1.Pod{name: 'a'}", "ERROR: <input>:1:7: undeclared reference to 'v1.Pod' (in container '')\n | v1.Pod{name: 'a'}\n | ......^")]
    [InlineData("self.spec.name[0]", "ERROR: <input>:1:15: found no matching overload for '_[_]' applied to '(string, int)'\n | self.spec.name[0]\n | ..............^")]
    public void A_wrong_expression_is_refused_with_the_place(string text, string issues) => Assert.Equal(issues, Environment.Compile(text).Issues);

    [Theory]
    [InlineData("", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}", 0)]
    [InlineData("1 +", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}", 3)]
    [InlineData("a b", "Syntax error: extraneous input 'b' expecting <EOF>", 2)]
    [InlineData("a # b", "Syntax error: token recognition error at: '#'", 2)]
    [InlineData("f(1", "Syntax error: missing ')' at '<EOF>'", 3)]
    [InlineData("9223372036854775808", "invalid int literal", 0)]
    [InlineData("'abc", "Syntax error: token recognition error at: ''abc'", 0)]
    [InlineData("has(a)", "invalid argument to has() macro", 4)]
    [InlineData("l.all(i.j, true)", "argument must be a simple name", 7)]
    [InlineData("while", "reserved identifier: while", 0)]
    public void A_text_that_is_no_expression_is_refused_with_the_place(string text, string message, int column) =>
        Assert.Contains(new CelError(message, 1, column), Environment.Compile(text).Errors);

    [Fact]
    public void The_type_of_the_value_may_be_demanded()
    {
        Assert.Equal("must evaluate to bool", Environment.Compile("1", CelType.Bool).Issues);
        Assert.Equal("must evaluate to one of [string null_type]", Environment.Compile("1", CelType.String, CelType.Null).Issues);
        Assert.NotNull(Environment.Compile("true", CelType.Bool).Program);
    }

    [Fact]
    public void A_constant_that_cannot_be_computed_is_told() =>
        Assert.Equal("type conversion error from 'string' to 'int'", Environment.Compile("int('a') == 1").Issues);

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        Assert.Equal("expression recursion limit exceeded: 250", Environment.Compile(new string('(', 5000)).Errors[0].Message);
        Assert.StartsWith("expression is deeper", Environment.Compile("1" + string.Concat(Enumerable.Repeat("+1", 5000))).Errors[0].Message, StringComparison.Ordinal);
        Assert.NotNull(Environment.Compile("true" + string.Concat(Enumerable.Repeat(" && true", 5000))).Program);
        Assert.Equal("expression code point size exceeds limit: size: 200000, limit 100000", Environment.Compile(new string(' ', 200_000)).Errors[0].Message);
    }

    [Fact]
    public void Built_in_kinds_have_types()
    {
        var environment = CelEnvironment.New.With("object", CelSchema.Of(ApiCatalog.FindKind("apps", "v1", "Deployment")!));
        Assert.Equal("int", environment.Compile("object.spec.replicas").Program!.ResultType.ToString());
        Assert.Equal("list(string)", environment.Compile("object.spec.template.spec.containers.map(c, c.name)").Program!.ResultType.ToString());
        Assert.Contains("undefined field 'replicas'", environment.Compile("object.replicas > 1").Issues, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_are_used_are_known()
    {
        var program = Environment.With("oldSelf", Self).Compile("[1].all(oldSelf, oldSelf == 1) && self.spec.replicas > 0").Program!;
        Assert.True(program.Uses("self"));
        Assert.False(program.Uses("oldSelf"));
    }
}
