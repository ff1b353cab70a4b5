namespace Gantry.Api.Cel.Libraries;

/// <summary>A quantity as a value; equality is by amount.</summary>
internal sealed class CelQuantity(Quantity amount) : CelObject
{
    public static CelType QuantityType { get; } = CelType.Struct("kubernetes.Quantity", static () => new Dictionary<string, CelField>());

    public Quantity Amount { get; } = amount;

    public override CelType Type => QuantityType;

    public override bool Same(CelObject other) => other is CelQuantity quantity && quantity.Amount == Amount;

    public override string ToString() => Amount.ToString();
}
