namespace Gantry.Api.Cel;

/// <summary>Counts what an evaluation costs. One unit is a step of the tree; looking through a text or bytes costs a unit for ten of them.</summary>
internal sealed class CelMeter(long budget)
{
    private readonly long _budget = budget;

    public long Spent { get; private set; }

    public bool Exhausted => Spent > _budget;

    /// <summary>Spends some units; false once the budget is exceeded, after which everything stops.</summary>
    public bool Spend(long units)
    {
        Spent = units > long.MaxValue - Spent ? long.MaxValue : Spent + units;
        return !Exhausted;
    }

    public bool SpendOnLength(long length) => Spend((length / 10) + 1);

    /// <summary>Spends for looking through a whole value, without looking at more of it than the budget pays for.</summary>
    public bool SpendOnValue(CelValue value)
    {
        if (value.Kind is CelKind.String)
        {
            return SpendOnLength(value.Text.Length);
        }
        if (value.Kind is CelKind.Bytes)
        {
            return SpendOnLength(value.Bytes.Length);
        }
        if (!Spend(1))
        {
            return false;
        }
        for (var i = 0; i < value.Count; i++)
        {
            if (!SpendOnValue(value.Kind == CelKind.Map ? value.ValueAt(i) : value.ItemAt(i)))
            {
                return false;
            }
        }
        return true;
    }
}
