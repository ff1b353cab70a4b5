namespace Gantry.Store;

/// <summary>How much may still be written.</summary>
internal readonly record struct Room(long Used, long Ceiling, bool DiskFull)
{
    /// <summary>Above the ceiling, for deletes and for puts that do not grow: they are how an owner frees space (a finalizer is removed by a put).</summary>
    public long Margin => Ceiling / 16;

    /// <summary>Why a transaction cannot be written on top of <paramref name="staged"/> bytes; null when it can.</summary>
    public string? Refuse(long staged, long bytes, bool grows)
    {
        if (!grows)
        {
            return Used + staged + bytes > Ceiling + Margin ? $"the store is beyond its ceiling of {Ceiling} bytes" : null;
        }
        return DiskFull ? "the disk is full"
            : Used + staged + bytes > Ceiling ? $"the store has reached its ceiling of {Ceiling} bytes"
            : null;
    }
}
