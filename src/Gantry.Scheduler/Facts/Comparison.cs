namespace Gantry.Scheduler.Facts;

/// <summary>How a requirement compares a label with its values.</summary>
public enum Comparison
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}
