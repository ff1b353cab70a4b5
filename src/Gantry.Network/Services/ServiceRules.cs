using Gantry.Network.Nft;

namespace Gantry.Network.Services;

/// <summary>The part of a program that one Service causes: elements to claim (set, key, value), chains, and sets of its own.</summary>
public sealed record ServiceRules(
    IReadOnlyList<(string Set, string Key, string Value)> Elements,
    IReadOnlyList<(string Name, IReadOnlyList<string> Rules)> Chains,
    IReadOnlyList<(string Name, IReadOnlyList<string> Declaration)> Sets)
{
    public static readonly ServiceRules None = new([], [], []);

    public void AddTo(NftProgramBuilder program)
    {
        foreach (var (name, rules) in Chains)
        {
            program.Chain(name, null, rules);
        }

        foreach (var (name, declaration) in Sets)
        {
            program.Declare(name, "set", declaration);
        }

        foreach (var (set, key, value) in Elements)
        {
            program.Claim(set, key, value);
        }
    }
}
