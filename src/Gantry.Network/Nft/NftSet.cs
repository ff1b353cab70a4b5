namespace Gantry.Network.Nft;

/// <summary>
/// A named set or map of a table. <paramref name="Kind"/> is "set" or "map", <paramref name="Declaration"/> what stands before the elements
/// ("type ipv4_addr . inet_service : verdict"). An element's value is empty in a set. Sets that the kernel fills itself have no elements here.
/// </summary>
public sealed record NftSet(string Kind, IReadOnlyList<string> Declaration, IReadOnlyDictionary<string, string> Elements);
