namespace Gantry.Server.Registry;

/// <summary>The state of one resource after a revision, before it is published.</summary>
/// <param name="Objects">By their keys.</param>
/// <param name="Revision">The revision of the newest change.</param>
/// <param name="Links">The changes in order.</param>
/// <param name="Unread">What is held and cannot be read; null for nothing.</param>
internal sealed record PreparedChanges(SortedChunks<StoredObject> Objects, long Revision, IReadOnlyList<ObjectChange> Links, IReadOnlyDictionary<string, string>? Unread);
