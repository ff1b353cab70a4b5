using Gantry.Api.Cel.Costs;
using Gantry.Api.Cel.Running;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel;

/// <summary>A checked expression of the Common Expression Language. Immutable; any number of threads may use it at once.</summary>
public sealed class CelProgram
{
    /// <summary>What one evaluation may cost in Kubernetes.</summary>
    public const long PerCallLimit = 1_000_000;

    private readonly CelEnvironment _environment;
    private readonly CelNode _written;
    private readonly CelNode _folded;
    private readonly IReadOnlySet<string> _references;

    internal CelProgram(string text, CelEnvironment environment, CelNode written, CelNode folded, IReadOnlySet<string> references)
    {
        Text = text;
        _environment = environment;
        _written = written;
        _folded = folded;
        _references = references;
    }

    /// <summary>The expression as it was given.</summary>
    public string Text { get; }

    /// <summary>The type of its value.</summary>
    public CelType ResultType => _written.Type;

    /// <summary>Whether it uses a declared variable.</summary>
    public bool Uses(string variable) => _references.Contains(variable);

    /// <summary>What it can cost by the sizes that the types of its variables allow.</summary>
    public CelCost EstimateCost() => new CelEstimator(_environment).Cost(_written);

    /// <summary>Computes the value. Never throws for what the expression or the values do.</summary>
    /// <param name="bindings">What the variables stand for.</param>
    /// <param name="limit">The cost past which it stops with an error.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled it.</exception>
    public CelOutcome Evaluate(ICelBindings bindings, long limit = PerCallLimit, CancellationToken cancellation = default)
    {
        var meter = new CelMeter(limit, cancellation);
        try
        {
            var value = new CelRun(bindings, meter).Eval(_folded);
            return value.IsError ? new(default, value.Fault.Message, meter.Spent) : new(value, null, meter.Spent);
        }
        catch (CelStopException)
        {
            return new(default, CelOutcome.LimitExceeded, meter.Spent);
        }
    }
}
