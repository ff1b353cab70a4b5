namespace Gantry.Api.Cel.Costs;

/// <summary>What stands between fields in the way from a variable to a part of it.</summary>
internal static class CelPath
{
    public const string Items = "@items";
    public const string Keys = "@keys";
    public const string Values = "@values";

    /// <summary>The type at the end of a way that begins with a variable's name; null where there is none.</summary>
    public static CelType? Follow(CelType type, ReadOnlySpan<string> path)
    {
        type = type.IsOptional ? type.Parameters[0] : type;
        foreach (var name in path)
        {
            CelType? next = name switch
            {
                Items when type.Kind == CelTypeKind.List => type.Parameters[0],
                Values when type.Kind == CelTypeKind.Map => type.Parameters[1],
                Keys when type.Kind == CelTypeKind.Map => type.Parameters[0],
                _ => type.Fields?.GetValueOrDefault(name)?.Type,
            };
            if (next is null)
            {
                return null;
            }
            type = next;
        }
        return type;
    }
}
