namespace Gantry.Api.Cel.Costs;

/// <summary>A cost or a size that is at least this and at most that. Sums and products stop at the largest number.</summary>
public readonly record struct CelCost(ulong Min, ulong Max)
{
    internal static CelCost Zero => default;

    internal static CelCost One { get; } = new(1, 1);

    internal static CelCost Unknown { get; } = new(0, ulong.MaxValue);

    internal static CelCost Exactly(ulong value) => new(value, value);

    internal CelCost Plus(CelCost other) => new(CelCostFactors.Plus(Min, other.Min), CelCostFactors.Plus(Max, other.Max));

    internal CelCost Times(CelCost other) => new(CelCostFactors.Times(Min, other.Min), CelCostFactors.Times(Max, other.Max));

    internal CelCost Times(double factor) => new(CelCostFactors.Times(Min, factor), CelCostFactors.Times(Max, factor));

    internal CelCost Union(CelCost other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));
}
