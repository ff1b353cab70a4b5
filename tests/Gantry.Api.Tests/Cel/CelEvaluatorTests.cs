using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Cel;

public sealed class CelEvaluatorTests
{
    private static readonly Dictionary<string, CelValue> Variables = new()
    {
        ["self"] = CelValue.Of(TreeJson.Parse("""{"n":3,"s":"héllo","l":[1,2,3],"a-b":true}""")),
    };

    [Theory]
    [InlineData("self.n + 4 * 2", "11")]
    [InlineData("1 == 1.0 && 1u == 1", "true")]
    [InlineData("size(self.s)", "5")]
    [InlineData("self.a__dash__b", "true")]
    [InlineData("has(self.x) ? 1 : 2", "2")]
    [InlineData("self.nope || true", "true")]
    [InlineData("false && 1 / 0 > 1", "false")]
    [InlineData("self.l.map(i, i > 1, i * 2)", "[4, 6]")]
    [InlineData("self.l.exists(i, 6 / (i - 1) == 3)", "true")]
    [InlineData("self.l.all(i, i in [1, 2, 3])", "true")]
    [InlineData("self.l.exists_one(i, i == 2)", "true")]
    [InlineData("self.s.matches('^h.l{2}o$')", "true")]
    [InlineData("int('-5') % 3", "-2")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') + duration('1h') > timestamp('2024-01-01T00:30:00Z')", "true")]
    public void An_expression_has_its_value(string text, string expected)
    {
        var outcome = CelProgram.Compile(text).Program!.Evaluate(Variables, 10_000);
        Assert.Null(outcome.Error);
        Assert.Equal(expected, outcome.Value.ToString());
    }

    [Theory]
    [InlineData("1 / 0", "division by zero", 3)]
    [InlineData("9223372036854775807 + 1", "integer overflow", 21)]
    [InlineData("0u - 1u", "unsigned integer overflow", 4)]
    [InlineData("self.nope", "no such key: nope", 6)]
    [InlineData("self.l[3]", "index out of bounds: 3", 7)]
    [InlineData("1 + 'a'", "no such overload", 3)]
    public void A_fault_is_an_error_with_its_place(string text, string message, int column) =>
        Assert.Equal(new CelError(CelErrorKind.Evaluation, message, 1, column), CelProgram.Compile(text).Program!.Evaluate(Variables, 10_000).Error);

    [Fact]
    public void A_spent_budget_stops_the_evaluation() =>
        Assert.Equal(CelErrorKind.Budget, CelProgram.Compile("self.l.all(i, self.l.all(j, true)) || true").Program!.Evaluate(Variables, 10).Error?.Kind);
}
