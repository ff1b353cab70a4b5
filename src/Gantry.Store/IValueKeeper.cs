namespace Gantry.Store;

/// <summary>Keeps the bytes of a value in a form of its own, from which they can be made again: a cache of finished answers, for example.</summary>
public interface IValueKeeper
{
    /// <summary>The bytes as they were put. May be made anew each time. Any thread may ask.</summary>
    ReadOnlyMemory<byte> Value { get; }
}
