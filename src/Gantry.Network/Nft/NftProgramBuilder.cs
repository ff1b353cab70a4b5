namespace Gantry.Network.Nft;

/// <summary>
/// Collects the parts of a program. The first to claim an element keeps it: two Services that want the same external address and port
/// must not make the whole transaction fail, and a stable order of the callers makes the winner stable.
/// </summary>
public sealed class NftProgramBuilder(string table)
{
    private readonly Dictionary<string, (string Kind, IReadOnlyList<string> Declaration, Dictionary<string, string> Elements)> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NftChain> _chains = new(StringComparer.Ordinal);

    public void Declare(string name, string kind, params IReadOnlyList<string> declaration) =>
        _sets[name] = (kind, declaration, new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>False when another part has claimed the key before.</summary>
    public bool Claim(string set, string key, string value) => _sets[set].Elements.TryAdd(key, value);

    public void Chain(string name, string? hook, IReadOnlyList<string> rules) => _chains[name] = new(hook, rules);

    public NftProgram Build() =>
        new(table, _sets.ToDictionary(s => s.Key, s => new NftSet(s.Value.Kind, s.Value.Declaration, s.Value.Elements), StringComparer.Ordinal), _chains);
}
