namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' quantities.</summary>
internal static class CelQuantityLibrary
{
    public static void Declare(CelFunctionTable table)
    {
        var quantity = CelQuantity.QuantityType;
        table.Type(quantity);
        table.Global("quantity", "string_to_quantity", [CelType.String], quantity, static a => Quantity.TryParse(a[0].Text, out var amount, out var error)
            ? Of(amount) : CelValue.Error(error!));
        table.Global("isQuantity", "is_quantity_string", [CelType.String], CelType.Bool, static a => CelValue.Of(Quantity.TryParse(a[0].Text, out _)));
        table.Global("sign", "quantity_sign", [quantity], CelType.Int, static a => CelValue.Of((long)Amount(a[0]).Sign));
        table.Member("isGreaterThan", "quantity_is_greater_than", [quantity, quantity], CelType.Bool, static a => CelValue.Of(Amount(a[0]) > Amount(a[1])));
        table.Member("isLessThan", "quantity_is_less_than", [quantity, quantity], CelType.Bool, static a => CelValue.Of(Amount(a[0]) < Amount(a[1])));
        table.Member("compareTo", "quantity_compare_to", [quantity, quantity], CelType.Int, static a => CelValue.Of((long)Math.Sign(Amount(a[0]).CompareTo(Amount(a[1])))));
        table.Member("asApproximateFloat", "quantity_get_float", [quantity], CelType.Double, static a => CelValue.Of(Amount(a[0]).ToDouble()));
        table.Member("asInteger", "quantity_get_int", [quantity], CelType.Int, static a => IsInteger(Amount(a[0]))
            ? CelValue.Of(Amount(a[0]).Value) : CelValue.Error("cannot convert value to integer"));
        table.Member("isInteger", "quantity_is_integer", [quantity], CelType.Bool, static a => CelValue.Of(IsInteger(Amount(a[0]))));
        table.Member("add", "quantity_add", [quantity, quantity], quantity, static a => Of(Amount(a[0]) + Amount(a[1])));
        table.Member("add", "quantity_add_int", [quantity, CelType.Int], quantity, static a => Of(Amount(a[0]) + Quantity.FromValue(a[1].Int)));
        table.Member("sub", "quantity_sub", [quantity, quantity], quantity, static a => Of(Amount(a[0]) - Amount(a[1])));
        table.Member("sub", "quantity_sub_int", [quantity, CelType.Int], quantity, static a => Of(Amount(a[0]) - Quantity.FromValue(a[1].Int)));
    }

    private static CelValue Of(Quantity amount) => CelValue.Of(new CelQuantity(amount));

    private static Quantity Amount(CelValue value) => ((CelQuantity)value.Object!).Amount;

    private static bool IsInteger(Quantity amount) => Quantity.FromValue(amount.Value) == amount;
}
