using System.Text.RegularExpressions;

namespace Gantry.Architecture;

/// <summary>What the documents say exists, exists.</summary>
public partial class DocumentTests
{
    public static TheoryData<string> Documents()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories).Where(f => !Repository.IsOutput(f)).Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(Repository.Root, file);
            if (!relative.StartsWith("docs/decisions", StringComparison.Ordinal) && relative != "CHANGELOG.md")
            {
                data.Add(relative);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_named_in_a_document_exist(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        var missing = PathPattern().Matches(text).Select(m => m.Groups[1].Value.TrimEnd('.', '/'))
            .Where(p => !p.Contains('<', StringComparison.Ordinal) && !p.Contains('*', StringComparison.Ordinal))
            .Where(p => !File.Exists(Path.Combine(Repository.Root, p)) && !Directory.Exists(Path.Combine(Repository.Root, p)))
            .Distinct().ToList();
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"`((?:src|tests|schema|samples|docs|tools|bench)/[A-Za-z0-9_./*<>-]+)`", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PathPattern();
}
