namespace Gantry.Api.Cel;

/// <summary>One signature of a function. Functions with several are told apart by the types of their arguments.</summary>
/// <param name="Function">The function's name; with its namespace (<c>optional.of</c>) where it has one.</param>
/// <param name="Id">The signature's name, by which costs are found.</param>
/// <param name="IsMember">Whether it is written behind its first argument and a dot.</param>
/// <param name="Arguments">The types of the arguments, the target first.</param>
/// <param name="Result">The type of the value.</param>
/// <param name="Run">Computes the value; its arguments are of the kinds declared and no errors. Null for what the evaluation does itself.</param>
internal sealed record CelOverload(string Function, string Id, bool IsMember, IReadOnlyList<CelType> Arguments, CelType Result, Func<CelValue[], CelValue>? Run)
{
    /// <summary>The type parameters of the signature.</summary>
    public IReadOnlyList<string> Parameters { get; } = [.. Arguments.Append(Result).SelectMany(ParametersOf).Distinct()];

    /// <summary>Whether values of these kinds may be its arguments.</summary>
    public bool Takes(CelValue[] values)
    {
        if (values.Length != Arguments.Count)
        {
            return false;
        }
        for (var i = 0; i < values.Length; i++)
        {
            if (!Takes(Arguments[i], values[i]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Takes(CelType type, CelValue value) => type.Kind switch
    {
        CelTypeKind.Dyn or CelTypeKind.Parameter => true,
        CelTypeKind.Null => value.Kind == CelKind.Null,
        CelTypeKind.Bool => value.Kind == CelKind.Bool,
        CelTypeKind.Int => value.Kind == CelKind.Int,
        CelTypeKind.Uint => value.Kind == CelKind.Uint,
        CelTypeKind.Double => value.Kind == CelKind.Double,
        CelTypeKind.String => value.Kind == CelKind.String,
        CelTypeKind.Bytes => value.Kind == CelKind.Bytes,
        CelTypeKind.Duration => value.Kind == CelKind.Duration,
        CelTypeKind.Timestamp => value.Kind == CelKind.Timestamp,
        CelTypeKind.List => value.Kind == CelKind.List && ItemsFit(type.Parameters[0], value),
        CelTypeKind.Map => value.Kind == CelKind.Map,
        CelTypeKind.Type => value.Kind == CelKind.Type,
        _ => type.IsOptional ? value.Kind == CelKind.Optional : value.Kind == CelKind.Object && value.Object!.Type.Name == type.Name,
    };

    // One item tells which of several signatures for lists is meant.
    private static bool ItemsFit(CelType item, CelValue list) =>
        item.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter || list.Count == 0 || list.ItemAt(0) is { IsError: true } || Takes(item, list.ItemAt(0));

    private static IEnumerable<string> ParametersOf(CelType type) => type.Kind == CelTypeKind.Parameter ? [type.Name] : type.Parameters.SelectMany(ParametersOf);
}
