namespace Gantry.Store;

/// <summary>Bytes by what they are kept for.</summary>
internal readonly record struct Sizes(long Live, long History, long Expiring);
