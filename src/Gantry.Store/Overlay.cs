namespace Gantry.Store;

/// <summary>Turns the newest state back to an older one, by the changes since then in their order: what a key was before its first change is what it was then.</summary>
public sealed class Overlay(KeyRange keys, Revision at)
{
    private readonly Dictionary<string, KeyValue?> _versions = new(StringComparer.Ordinal);

    /// <summary>The changed keys with their old version; null: the key did not exist.</summary>
    public IReadOnlyDictionary<string, KeyValue?> Versions => _versions;

    public void Undo(Change change)
    {
        if (!keys.Contains(change.Key) || _versions.ContainsKey(change.Key))
        {
            return;
        }
        // A version that left no history may be gone: better a newer one than none, for a reader must not take a key that exists for absent.
        _versions.Add(change.Key, change.Previous ?? (change.CreateRevision <= at ? change.Current : null));
    }
}
