using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel.Costs;

/// <summary>A part of an expression whose size matters to the cost of a call.</summary>
/// <param name="Environment">Where the types of variables are found.</param>
/// <param name="Node">The part; null for the items of a list.</param>
/// <param name="Type">Its type.</param>
/// <param name="Path">The way to it from a variable; empty where it is no part of one.</param>
/// <param name="Known">Its size where the expression itself tells it.</param>
internal sealed record CelOperand(CelEnvironment Environment, CelNode? Node, CelType Type, string[] Path, CelCost? Known)
{
    /// <summary>Its size; anything where nothing is known.</summary>
    public CelCost Size => Known ?? Declared ?? CelCost.Unknown;

    /// <summary>Its size; 1 for a type whose values all are as large.</summary>
    public CelCost SizeOrScalar => Known ?? Declared ?? (IsScalar ? CelCost.One : CelCost.Unknown);

    private bool IsScalar =>
        Type.Kind is CelTypeKind.Bool or CelTypeKind.Double or CelTypeKind.Duration or CelTypeKind.Int or CelTypeKind.Timestamp or CelTypeKind.Uint;

    // Everything that a schema describes has a size; that of a value that is neither text, list nor map is none. As in Kubernetes, what is found by no variable
    // counts as part of self.
    private CelCost? Declared
    {
        get
        {
            if (Path.Length == 0 || (Environment.Find(Path[0]) ?? Environment.Find("self")) is not { } variable || CelPath.Follow(variable, Path.AsSpan(1)) is not { } type)
            {
                return null;
            }
            return type.IsDyn && type.MaxElements is null ? null : new CelCost(0, (ulong)(type.MaxElements ?? 0));
        }
    }

    /// <summary>The items of a list, or null where it is none.</summary>
    public CelOperand? Items => Type.Parameters.Count == 0 ? null
        : new CelOperand(Environment, null, Type.Parameters[0], Path.Length == 0 ? [] : [.. Path, CelPath.Items], null);
}
