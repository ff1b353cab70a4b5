using System.Text;

namespace Gantry.Network.Nft;

/// <summary>Writes a whole program for <c>nft -f</c>: one transaction that puts it in the place of whatever the table held before.</summary>
public static class NftText
{
    /// <summary>The text that makes the kernel hold exactly this program, whatever was there.</summary>
    public static string Replace(NftProgram program)
    {
        var text = new StringBuilder();
        text.Append(Remove(program.Table));
        text.Append("table inet ").Append(program.Table).Append(" {\n");
        foreach (var (name, set) in program.Sets.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            AppendSet(text, name, set);
        }

        foreach (var (name, chain) in program.Chains.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            AppendChain(text, name, chain);
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>The text that removes the table and everything in it; no error when there is none, hence the add before the delete.</summary>
    public static string Remove(string table) => $"add table inet {table}\ndelete table inet {table}\n";

    internal static string Element(string key, string value) => value.Length == 0 ? key : $"{key} : {value}";

    private static void AppendSet(StringBuilder text, string name, NftSet set)
    {
        text.Append('\t').Append(set.Kind).Append(' ').Append(name).Append(" {\n");
        foreach (var line in set.Declaration)
        {
            text.Append("\t\t").Append(line).Append('\n');
        }

        if (set.Elements.Count > 0)
        {
            var elements = set.Elements.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => Element(e.Key, e.Value));
            text.Append("\t\telements = {\n\t\t\t").AppendJoin(",\n\t\t\t", elements).Append("\n\t\t}\n");
        }

        text.Append("\t}\n\n");
    }

    private static void AppendChain(StringBuilder text, string name, NftChain chain)
    {
        text.Append("\tchain ").Append(name).Append(" {\n");
        if (chain.Hook is { } hook)
        {
            text.Append("\t\t").Append(hook).Append(";\n");
        }

        foreach (var rule in chain.Rules)
        {
            text.Append("\t\t").Append(rule).Append('\n');
        }

        text.Append("\t}\n\n");
    }
}
