using System.Text;

namespace Gantry.Network.Nft;

/// <summary>
/// The smallest transaction that turns one program into another. Chains and elements that stay the same are not mentioned, so the clients
/// remembered in affinity sets, and the kernel's work, depend on what changed and not on the size of the cluster.
/// </summary>
public static class NftUpdate
{
    /// <summary>
    /// The text for <c>nft -f</c>; empty when nothing differs. Falls back to a full replacement when a declaration or hook changed,
    /// because the kernel cannot alter those in place.
    /// </summary>
    public static string Between(NftProgram before, NftProgram after)
    {
        if (ReferenceEquals(before, after))
        {
            return "";
        }

        if (!string.Equals(before.Table, after.Table, StringComparison.Ordinal))
        {
            return NftText.Remove(before.Table) + NftText.Replace(after);
        }

        if (Redeclares(before, after))
        {
            return NftText.Replace(after);
        }

        // The order matters inside the transaction: what is referred to must exist first, and may go only when nothing refers to it.
        var text = new StringBuilder();
        var table = $"inet {after.Table}";
        AddNewObjects(text, table, before, after);
        RewriteChains(text, table, before, after);
        ChangeElements(text, table, before, after);
        RemoveOldObjects(text, table, before, after);
        return text.ToString();
    }

    private static bool Redeclares(NftProgram before, NftProgram after) =>
        after.Sets.Any(s => before.Sets.TryGetValue(s.Key, out var old)
            && (!string.Equals(old.Kind, s.Value.Kind, StringComparison.Ordinal) || !old.Declaration.SequenceEqual(s.Value.Declaration, StringComparer.Ordinal)))
        || after.Chains.Any(c => before.Chains.TryGetValue(c.Key, out var old) && !string.Equals(old.Hook, c.Value.Hook, StringComparison.Ordinal));

    private static void AddNewObjects(StringBuilder text, string table, NftProgram before, NftProgram after)
    {
        foreach (var (name, set) in Sorted(after.Sets).Where(s => !before.Sets.ContainsKey(s.Key)))
        {
            text.Append("add ").Append(set.Kind).Append(' ').Append(table).Append(' ').Append(name).Append(" { ")
                .AppendJoin("; ", set.Declaration).Append("; }\n");
        }

        foreach (var (name, chain) in Sorted(after.Chains).Where(c => !before.Chains.ContainsKey(c.Key)))
        {
            text.Append("add chain ").Append(table).Append(' ').Append(name);
            if (chain.Hook is { } hook)
            {
                text.Append(" { ").Append(hook).Append("; }");
            }

            text.Append('\n');
        }
    }

    private static void RewriteChains(StringBuilder text, string table, NftProgram before, NftProgram after)
    {
        foreach (var (name, chain) in Sorted(after.Chains))
        {
            if (before.Chains.TryGetValue(name, out var old))
            {
                if (ReferenceEquals(old.Rules, chain.Rules) || old.Rules.SequenceEqual(chain.Rules, StringComparer.Ordinal))
                {
                    continue;
                }

                text.Append("flush chain ").Append(table).Append(' ').Append(name).Append('\n');
            }

            foreach (var rule in chain.Rules)
            {
                text.Append("add rule ").Append(table).Append(' ').Append(name).Append(' ').Append(rule).Append('\n');
            }
        }
    }

    private static void ChangeElements(StringBuilder text, string table, NftProgram before, NftProgram after)
    {
        foreach (var (name, set) in Sorted(after.Sets))
        {
            var old = before.Sets.TryGetValue(name, out var known) ? known.Elements : null;
            var gone = old is null
                ? []
                : old.Where(e => !set.Elements.TryGetValue(e.Key, out var now) || !string.Equals(now, e.Value, StringComparison.Ordinal));
            var added = set.Elements.Where(e => old is null || !old.TryGetValue(e.Key, out var was) || !string.Equals(was, e.Value, StringComparison.Ordinal));
            AppendElements(text, "delete", table, name, gone);
            AppendElements(text, "add", table, name, added);
        }
    }

    private static void AppendElements(StringBuilder text, string verb, string table, string set, IEnumerable<KeyValuePair<string, string>> elements)
    {
        // Many small statements rather than one long line: nft's parser takes either, people read the former.
        foreach (var (key, value) in elements.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            text.Append(verb).Append(" element ").Append(table).Append(' ').Append(set).Append(" { ").Append(NftText.Element(key, value)).Append(" }\n");
        }
    }

    private static void RemoveOldObjects(StringBuilder text, string table, NftProgram before, NftProgram after)
    {
        var chains = Sorted(before.Chains).Where(c => !after.Chains.ContainsKey(c.Key)).Select(c => c.Key).ToList();
        foreach (var name in chains)
        {
            text.Append("flush chain ").Append(table).Append(' ').Append(name).Append('\n');
        }

        // Rules refer to sets, and the elements of maps to chains: so rules go first, then sets and maps, then chains.
        foreach (var (name, set) in Sorted(before.Sets).Where(s => !after.Sets.ContainsKey(s.Key)))
        {
            text.Append("delete ").Append(set.Kind).Append(' ').Append(table).Append(' ').Append(name).Append('\n');
        }

        foreach (var name in chains)
        {
            text.Append("delete chain ").Append(table).Append(' ').Append(name).Append('\n');
        }
    }

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(IReadOnlyDictionary<string, T> items) =>
        items.OrderBy(i => i.Key, StringComparer.Ordinal);
}
