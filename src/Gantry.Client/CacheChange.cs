namespace Gantry.Client;

/// <summary>A change of a cached object: added (no old), modified, or deleted (no new).</summary>
public readonly record struct CacheChange<T>(T? Old, T? New)
    where T : class
{
    /// <summary>The newest state known.</summary>
    public T Object => New ?? Old!;

    public bool Added => Old is null;

    public bool Deleted => New is null;
}
