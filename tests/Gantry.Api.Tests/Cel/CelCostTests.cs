using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Cel;

/// <summary>Costs, worked out by the rules of cel-go and of Kubernetes' libraries.</summary>
public sealed class CelCostTests
{
    private static readonly CelValue Self = CelValue.Of(TreeJson.Parse("""{"n":3,"s":"0123456789abcde","l":[1,2,3],"m":{"a":{"b":1}},"t":true}"""));

    private static readonly CelEnvironment Environment = CelEnvironment.Stored.With("self", CelType.Dyn).With("i", CelType.Int).With("text", CelType.String).With("a", CelType.Bool);

    [Theory]
    [InlineData("1", 0)]
    [InlineData("i", 1)]
    [InlineData("self.m.a.b", 4)]
    [InlineData("self.l[0]", 3)]
    [InlineData("self.l[i]", 3)]
    [InlineData("self.l[1 - 1]", 4)]
    [InlineData("has(self.m)", 1)]
    [InlineData("has(self.m.a)", 2)]
    [InlineData("1 + 1", 1)]
    [InlineData("a || a || a || a", 4)]
    [InlineData("!a", 2)]
    [InlineData("true ? 1 : 2", 0)]
    [InlineData("a ? i : 2", 1)]
    [InlineData("[1, 2, 3]", 0)]
    [InlineData("[i, 2]", 11)]
    [InlineData("{'a': i}", 31)]
    [InlineData("{'a': 1}", 0)]
    [InlineData("2 in [1, 2, 3]", 0)]
    [InlineData("i in [i]", 13)]
    [InlineData("size('123')", 1)]
    [InlineData("'12345678901234567890' == '123456789012345678901234567890'", 2)]
    [InlineData("int('5')", 0)]
    [InlineData("text.startsWith('0123456789a')", 3)]
    [InlineData("text.contains('01234567890')", 5)]
    [InlineData("text.matches('[0-9]')", 5)]
    [InlineData("text + text", 5)]
    [InlineData("[].all(x, true)", 1)]
    [InlineData("[1, 2, 3].all(x, true)", 10)]
    [InlineData("[1, 2, 3].exists(x, false)", 13)]
    [InlineData("[1, 2, 3].map(x, x)", 40)]
    [InlineData("[1, 2, 3].filter(x, x > 1)", 33)]
    [InlineData("(1 > 2 ? 5 : 3) > 1", 2)]
    [InlineData("text.lowerAscii()", 3)]
    [InlineData("text.split('')", 4)]
    [InlineData("[1, 2, 3].sum()", 3)]
    [InlineData("text.find('[0-9]')", 5)]
    [InlineData("sets.contains([1, 2], [1])", 3)]
    [InlineData("quantity('1Gi').isLessThan(quantity('2Gi'))", 3)]
    [InlineData("cidr('10.0.0.0/8').containsIP('10.1.2.3')", 3)]
    [InlineData("format.dns1123Label().validate('abc').hasValue()", 10)]
    public void An_evaluation_costs_what_it_does_elsewhere(string text, long cost)
    {
        var compiled = Environment.Compile(text);
        Assert.Equal("", compiled.Issues);
        var outcome = compiled.Program!.Evaluate(new CelBindings { ["self"] = Self, ["i"] = CelValue.Of(0L), ["text"] = CelValue.Of("0123456789abcde"), ["a"] = CelValue.Of(false) });
        Assert.Null(outcome.Error);
        Assert.Equal(cost, outcome.Cost);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "self.contains('test')", 314574)]
    [InlineData("""{"type":"string","maxLength":10}""", "self.contains('test')", 5)]
    [InlineData("""{"type":"integer"}""", "self == 5", 1)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "self.all(x, x == x)", 7864317)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":10}""", "self.all(x, x == x)", 52)]
    [InlineData("""{"type":"array","items":{"type":"string"},"maxItems":10}""", "self.all(x, x == x)", 3145782)]
    [InlineData("""{"type":"array","items":{"type":"string","enum":["a","bcd"]},"maxItems":10}""", "self.all(x, x == x)", 62)]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"},"maxProperties":3}""", "self.all(k, self[k] == 'a')", 23)]
    [InlineData("""{"type":"string","maxLength":20}""", "self.matches('abcd')", 10)]
    [InlineData("""{"type":"string","format":"date-time"}""", "self == timestamp('2024-01-01T00:00:00Z')", 3)]
    [InlineData("""{"type":"array","items":{"type":"string","maxLength":5},"maxItems":4}""", "self.join(',').size() > 0", 12)]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":4}""", "self.map(x, x).filter(x, x > 1).size() == 1", 137)]
    public void The_most_an_expression_can_cost_is_estimated(string schema, string text, ulong cost)
    {
        var type = CelSchema.Of((TreeMap)TreeJson.Parse(schema), false)!;
        var compiled = CelEnvironment.New.With("self", type).With("oldSelf", type).Compile(text);
        Assert.Equal("", compiled.Issues);
        Assert.Equal(cost, compiled.Program!.EstimateCost().Max);
    }
}
