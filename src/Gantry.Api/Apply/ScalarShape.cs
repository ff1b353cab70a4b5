namespace Gantry.Api.Apply;

/// <summary>What an applied scalar may be.</summary>
public enum ScalarKind
{
    String,
    Numeric,
    Boolean,
    /// <summary>Any scalar (an int-or-string, a quantity, a time).</summary>
    Untyped,
}

/// <summary>A value that has one owner as a whole.</summary>
public sealed class ScalarShape(ScalarKind kind) : ApplyShape
{
    public ScalarKind Kind { get; } = kind;
}
