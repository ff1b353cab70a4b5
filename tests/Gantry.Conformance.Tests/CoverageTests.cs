using System.Text.RegularExpressions;
using Gantry.Testing;

namespace Gantry.Conformance.Tests;

/// <summary>Every behaviour that Kubernetes' conformance demands of the API, of identity, of kubectl and of events has a test in this repository that names it.</summary>
public sealed partial class CoverageTests
{
    private static readonly string[] Parts = ["sig-api-machinery", "sig-architecture", "sig-auth", "sig-cli", "sig-instrumentation"];

    [ConformanceFact]
    public void Every_behaviour_has_a_test_that_names_it()
    {
        var named = Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Named().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value.Trim()))
            .ToHashSet(StringComparer.Ordinal);
        var wanted = Wanted(File.ReadAllText(ConformanceFactAttribute.File!)).ToList();
        Assert.True(wanted.Count > 100, $"only {wanted.Count} behaviours were found in the list");
        Assert.Subset(named, wanted.ToHashSet(StringComparer.Ordinal));
        Assert.Subset(wanted.ToHashSet(StringComparer.Ordinal), named);
    }

    // Names are folded over lines in the list.
    private static IEnumerable<string> Wanted(string list) =>
        CodeName().Matches(list).Select(m => Folds().Replace(m.Groups[1].Value, " ").Replace("''", "'", StringComparison.Ordinal).Trim())
            .Where(name => Parts.Any(part => name.StartsWith($"[{part}] ", StringComparison.Ordinal)))
            .Select(name => name[(name.IndexOf("] ", StringComparison.Ordinal) + 2)..].Replace("[Conformance]", "", StringComparison.Ordinal).Trim());

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "BannedSymbols.txt")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("the tests do not run inside the repository");
        }

        return at.FullName;
    }

    [GeneratedRegex("""Trait\("Conformance", "([^\n]*)"\)\]""", RegexOptions.None, 10_000)]
    private static partial Regex Named();

    [GeneratedRegex("""^  codename: '((?:[^']|'')*)'$""", RegexOptions.Multiline, 10_000)]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\s*\n\s+", RegexOptions.None, 10_000)]
    private static partial Regex Folds();
}
