namespace Gantry.Store;

/// <summary>The disk under the store failed a read or a write. The store itself goes on: a later call may succeed.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
