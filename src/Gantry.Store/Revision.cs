using System.Globalization;

namespace Gantry.Store;

/// <summary>
/// A point in the one order of all writes. Starts at 0 in an empty store, grows with every transaction that changes something, and never
/// goes back or is given out twice, not even after a crash; numbers may be skipped.
/// </summary>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>Zero: before the first write; in a condition it means "must not exist".</summary>
    public static readonly Revision None;

    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
