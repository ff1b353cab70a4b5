namespace Gantry.Store;

/// <summary>Holds when the last write of <paramref name="Key"/> has exactly the revision <paramref name="Expected"/>; <see cref="Revision.None"/>: the key must not exist.</summary>
public readonly record struct Condition(string Key, Revision Expected);
