using Gantry.Api.Cel.Costs;

namespace Gantry.Api.Cel.Running;

/// <summary>Adds up what an evaluation costs, and stops it when that is more than it may.</summary>
/// <param name="limit">The most it may cost.</param>
/// <param name="cancellation">Stops it before.</param>
internal sealed class CelMeter(long limit, CancellationToken cancellation)
{
    private const int BetweenLooks = 100;

    private int _steps;

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

    public void SpendOnCall(string function, string overload, CelValue[] arguments, CelValue result) => Spend(CelCallCosts.Of(function, overload, arguments, result));
}
