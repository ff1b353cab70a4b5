using System.Text;

namespace Gantry.Store;

/// <summary>
/// Conditions and writes that take effect together under one revision, or not at all. A key may be written once per transaction; at most
/// <see cref="MaxWrites"/> writes.
/// </summary>
public sealed record StoreTransaction
{
    /// <summary>A row number is the revision times this plus the place in the transaction, so the bound is part of the file format.</summary>
    public const int MaxWrites = 4096;

    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    public IReadOnlyList<Write> Writes { get; init; } = [];

    /// <summary>Puts <paramref name="key"/> only if it does not exist.</summary>
    public static StoreTransaction Create(string key, ReadOnlyMemory<byte> value) => Replace(key, Revision.None, value);

    /// <summary>Puts <paramref name="key"/> only if its last write has the revision <paramref name="expected"/>.</summary>
    public static StoreTransaction Replace(string key, Revision expected, ReadOnlyMemory<byte> value) =>
        new() { Conditions = [new Condition(key, expected)], Writes = [new Write.Put(key, value)] };

    /// <summary>Puts <paramref name="key"/> whatever is there.</summary>
    public static StoreTransaction Put(string key, ReadOnlyMemory<byte> value) => new() { Writes = [new Write.Put(key, value)] };

    /// <summary>Deletes <paramref name="key"/> only if its last write has the revision <paramref name="expected"/>; without it, whatever is there.</summary>
    public static StoreTransaction Delete(string key, Revision? expected = null) =>
        new() { Conditions = expected is { } at ? [new Condition(key, at)] : [], Writes = [new Write.Delete(key)] };

    /// <summary>Throws <see cref="ArgumentException"/> when the transaction breaks the rules above: that is a fault of the caller.</summary>
    public void Check()
    {
        if (Writes.Count is 0 or > MaxWrites)
        {
            throw new ArgumentException($"a transaction needs 1 to {MaxWrites} writes, this one has {Writes.Count}");
        }
        var seen = Writes.Count > 1 ? new HashSet<string>(Writes.Count, StringComparer.Ordinal) : null;
        foreach (var write in Writes)
        {
            if (string.IsNullOrEmpty(write.Key))
            {
                throw new ArgumentException("a write needs a key");
            }
            if (write.Key.AsSpan().ContainsAnyInRange('\ud800', '\udfff') && write.Key.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
            {
                throw new ArgumentException($"the key {write.Key} is not well-formed text");
            }
            if (seen is not null && !seen.Add(write.Key))
            {
                throw new ArgumentException($"the key {write.Key} is written twice in one transaction");
            }
        }
    }
}
