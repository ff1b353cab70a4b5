namespace Gantry.Store;

/// <summary>The disk has no room for a write. Nothing was written.</summary>
public sealed class JournalFullException(string message) : IOException(message);
