namespace Gantry.Network.Nft;

/// <summary>A chain: its hook line if packets enter the table there ("type filter hook output priority 0"), and its rules in order.</summary>
public sealed record NftChain(string? Hook, IReadOnlyList<string> Rules);
