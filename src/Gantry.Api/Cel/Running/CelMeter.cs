using Gantry.Api.Cel.Costs;

namespace Gantry.Api.Cel.Running;

/// <summary>Adds up what an evaluation costs, and stops it when that is more than it may.</summary>
/// <param name="limit">The most it may cost.</param>
/// <param name="cancellation">Stops it before.</param>
internal sealed class CelMeter(long limit, CancellationToken cancellation)
{
    private const int BetweenLooks = 100;

    // The costs of the reference implementation only see the outermost list or map; what is looked through in it is bounded besides.
    private const int MostLookedThrough = 10_000_000;

    private int _steps;
    private int _lookedThrough;

    public long Spent { get; private set; }

    /// <summary>Takes some units.</summary>
    /// <exception cref="CelStopException">The limit is exceeded.</exception>
    /// <exception cref="OperationCanceledException">The caller has no more time.</exception>
    public void Spend(ulong units)
    {
        Spent = units > long.MaxValue || (long)units > long.MaxValue - Spent ? long.MaxValue : Spent + (long)units;
        if (Spent > limit)
        {
            throw new CelStopException();
        }
        if (++_steps % BetweenLooks == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes note that a function looks through whole values.</summary>
    /// <exception cref="CelStopException">It is more than any one evaluation may look through.</exception>
    public void LookThrough(CelValue[] values)
    {
        foreach (var value in values)
        {
            LookThrough(value);
        }
    }

    public void SpendOnCall(string function, string overload, CelValue[] arguments, CelValue result) => Spend(CelCallCosts.Of(function, overload, arguments, result));

    private void LookThrough(CelValue value)
    {
        if (++_lookedThrough > MostLookedThrough)
        {
            throw new CelStopException();
        }
        if (value.Kind is not (CelKind.List or CelKind.Map))
        {
            return;
        }
        for (var i = 0; i < value.Count; i++)
        {
            LookThrough(value.Kind == CelKind.List ? value.ItemAt(i) : value.ValueAt(i));
        }
    }
}
