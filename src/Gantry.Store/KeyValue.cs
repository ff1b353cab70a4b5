using System.Runtime.InteropServices;

namespace Gantry.Store;

/// <summary>One version of one key. Immutable, and shared by everyone who reads it: ranges, watches and the history hand out the same object.</summary>
public sealed class KeyValue : IKeyed
{
    // An array, a part of one, or who keeps the bytes.
    private object _held = Array.Empty<byte>();
    private readonly int _length;

    public required string Key { get; init; }

    /// <summary>The bytes as they were put: not a copy, unless somebody keeps them in a form of their own (<see cref="KeepBy"/>).</summary>
    public required ReadOnlyMemory<byte> Value
    {
        get => Volatile.Read(ref _held) switch
        {
            byte[] whole => whole,
            IValueKeeper keeper => keeper.Value,
            var part => (ReadOnlyMemory<byte>)part,
        };
        init
        {
            _length = value.Length;
            _held = MemoryMarshal.TryGetArray(value, out var part) && part.Offset == 0 && part.Count == part.Array!.Length ? part.Array : value;
        }
    }

    /// <summary>Who keeps the bytes; null where they are here.</summary>
    public IValueKeeper? Keeper => Volatile.Read(ref _held) as IValueKeeper;

    /// <summary>The number of the write that made this version; see <see cref="RowId"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The revision of the write that made this version.</summary>
    public Revision ModRevision => RowId.RevisionOf(Id);

    /// <summary>The revision at which the key last came into being.</summary>
    public required Revision CreateRevision { get; init; }

    /// <summary>1 for the write that created the key, one more with each put.</summary>
    public required long Version { get; init; }

    /// <summary>The write that made the previous version kept as history, or 0.</summary>
    public long PreviousId { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How this version was written.</summary>
    public Durability Durability { get; init; }

    /// <summary>True once any version of the key since its creation was written relaxed.</summary>
    public bool EverRelaxed { get; init; }

    /// <summary>True when a version that replaces this one lets go of it: relaxed and expiring versions are no history.</summary>
    public bool LeavesNoHistory => Durability == Durability.Relaxed || ExpiresAt is not null;

    /// <summary>Bytes this version counts in the budgets: key, value, and a flat share for the row and its index entry.</summary>
    public long Size => RowId.Overhead + Key.Length + _length;

    /// <summary>Lets go of the bytes, as somebody else in this process keeps them anyway: each value is then in memory once.</summary>
    /// <param name="keeper">Gives the very same bytes for as long as this version is of interest.</param>
    public void KeepBy(IValueKeeper keeper) => Volatile.Write(ref _held, keeper);
}
