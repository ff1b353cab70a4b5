namespace Gantry.Network.Nft;

/// <summary>
/// Everything one cluster has in the kernel's packet filter: one table of family inet, as data. Immutable; two programs are compared by
/// <see cref="NftUpdate"/>, and written out whole by <see cref="NftText"/>.
/// </summary>
public sealed record NftProgram(string Table, IReadOnlyDictionary<string, NftSet> Sets, IReadOnlyDictionary<string, NftChain> Chains);
