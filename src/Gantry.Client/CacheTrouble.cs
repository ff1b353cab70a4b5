namespace Gantry.Client;

/// <summary>How often a cache lost its watch through an error, and the last one.</summary>
public sealed record CacheTrouble(int Count, Exception? Last);
