using Gantry.Api.Cel;

namespace Gantry.Server.Admission.Policies;

/// <summary>One expression of a policy or a webhook, compiled as far as it can be.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Program">Null where it is no program.</param>
/// <param name="Problem">What is wrong with it, in Kubernetes' words; empty where there is a program.</param>
internal sealed record PolicyExpression(string Text, CelProgram? Program, string Problem)
{
    public static PolicyExpression Compile(CelEnvironment environment, string text, params CelType[] results)
    {
        var compiled = environment.Compile(text, results);
        return new PolicyExpression(text, compiled.Program, compiled.Program is not null ? "" : (compiled.Errors.Count > 0 ? "compilation failed: " : "") + compiled.Issues);
    }

    /// <summary>Computes the value out of a budget that several expressions share.</summary>
    /// <param name="scope">What the variables stand for.</param>
    /// <param name="budget">What is left; taken from.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The value, or what went wrong.</returns>
    /// <exception cref="PolicyBudgetException">The budget is used up: nothing more is to be computed.</exception>
    public (CelValue Value, string? Error) Evaluate(PolicyScope scope, ref long budget, CancellationToken cancellation)
    {
        if (Program is null)
        {
            return (default, "compilation error: " + Problem);
        }

        var outcome = Program.Evaluate(scope, CelProgram.PerCallLimit, cancellation);
        // Variables are computed when they are first used, and paid by whoever uses them.
        var cost = outcome.Cost + scope.TakeVariableCost();
        if (cost > budget)
        {
            throw new PolicyBudgetException();
        }

        budget -= cost;
        return outcome.Error is null ? (outcome.Value, null) : (default, $"expression '{Text}' resulted in error: {outcome.Error}");
    }
}
