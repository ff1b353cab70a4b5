namespace Gantry.Bench;

/// <summary>What is measured, and with which program.</summary>
/// <param name="Gantry">The gantry executable.</param>
/// <param name="Only">Parts of the names of the figures wanted, with commas between; empty for all.</param>
/// <param name="Kubeconfig">A running cluster for figures of real pods; empty: they are left out.</param>
internal sealed record BenchSettings(string Gantry, string Only, string Kubeconfig)
{
    public static BenchSettings? Parse(string[] words)
    {
        var settings = new BenchSettings("gantry", "", "");
        for (var at = 0; at < words.Length; at += 2)
        {
            if (at + 1 == words.Length)
            {
                return null;
            }

            switch (words[at])
            {
                case "--gantry":
                    settings = settings with { Gantry = words[at + 1] };
                    break;
                case "--only":
                    settings = settings with { Only = words[at + 1] };
                    break;
                case "--kubeconfig":
                    settings = settings with { Kubeconfig = words[at + 1] };
                    break;
                default:
                    return null;
            }
        }

        return settings;
    }
}
