namespace Gantry.Api.Cel;

/// <summary>A parsed expression of the Common Expression Language. Immutable; any number of threads may use it at once.</summary>
public sealed class CelProgram
{
    /// <summary>The longest text that is taken, in UTF-16 units.</summary>
    public const int LongestText = 100_000;

    private readonly CelNode _root;

    private CelProgram(string text, CelNode root)
    {
        Text = text;
        _root = root;
    }

    /// <summary>The expression as it was given.</summary>
    public string Text { get; }

    /// <param name="text">An expression.</param>
    public static CelCompilation Compile(string text)
    {
        if (text.Length > LongestText)
        {
            return new(null, CelError.At(CelErrorKind.Syntax, $"expression is longer than {LongestText} characters", text, 0));
        }
        try
        {
            return new(new CelProgram(text, new CelParser(text).Program()), null);
        }
        catch (CelSyntaxException e)
        {
            return new(null, CelError.At(CelErrorKind.Syntax, e.Message, text, e.Position));
        }
    }

    /// <param name="variables">What the names of the expression stand for.</param>
    /// <param name="budget">The cost past which the evaluation stops with an error.</param>
    public CelOutcome Evaluate(IReadOnlyDictionary<string, CelValue> variables, long budget)
    {
        var meter = new CelMeter(budget);
        var value = new CelRun(variables, meter).Eval(_root);
        if (meter.Exhausted)
        {
            return new(default, CelError.At(CelErrorKind.Budget, "cost budget exceeded", Text, 0), meter.Spent);
        }
        return value.IsError
            ? new(default, CelError.At(CelErrorKind.Evaluation, value.Fault.Message, Text, value.Fault.Position), meter.Spent)
            : new(value, null, meter.Spent);
    }

    /// <summary>The expression with every operation in parentheses and macros kept.</summary>
    public override string ToString() => CelPrinter.Print(_root);
}
