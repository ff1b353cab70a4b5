using System.Xml.Linq;

namespace Gantry.Architecture;

/// <summary>The table of ARCHITECTURE.md, kept true.</summary>
public class ProjectTableTests
{
    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["Api"] = [],
        ["Store"] = [],
        ["Store.Sqlite"] = ["Store"],
        ["Store.Etcd"] = ["Store"],
        ["Client"] = ["Api"],
        ["Control"] = ["Api", "Client"],
        ["Server"] = ["Api", "Store", "Client"],
        ["Controllers"] = ["Api", "Client", "Control"],
        ["Scheduler"] = ["Api", "Client", "Control"],
        ["Node"] = ["Api", "Client", "Control"],
        ["Network"] = ["Api", "Client", "Control"],
        ["Dialects"] = ["Api", "Client"],
        ["Console"] = ["Api", "Client"],
        ["Simulation"] = ["Api", "Store", "Store.Sqlite", "Store.Etcd", "Client", "Control", "Server", "Controllers", "Scheduler", "Node", "Network"],
    };

    private static readonly string[] Analyzers = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Meziantou.Analyzer"];

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileName(folder)["Gantry.".Length..]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        var references = References(project);
        if (project == "Cli")
        {
            return;
        }

        Assert.True(MayReference.ContainsKey(project), $"src/Gantry.{project} is not in the table of ARCHITECTURE.md");
        Assert.Empty(references.Except(MayReference[project]));
    }

    [Fact]
    public void Nothing_references_the_command_line() =>
        Assert.All(Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")), folder => Assert.DoesNotContain("Cli", References(Path.GetFileName(folder)["Gantry.".Length..])));

    [Fact]
    public void Transitive_references_are_off_and_warnings_are_errors()
    {
        var props = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Equal("true", props.Descendants("DisableTransitiveProjectReferences").Single().Value);
        Assert.Equal("true", props.Descendants("TreatWarningsAsErrors").Single().Value);
        Assert.All(Analyzers, a => Assert.Contains(props.Descendants("PackageReference"), p => (string?)p.Attribute("Include") == a));
    }

    [Fact]
    public void No_project_lets_its_tests_in_by_a_back_door() =>
        Assert.All(Repository.Sources("src"), file => Assert.DoesNotContain("InternalsVisibleTo", File.ReadAllText(file), StringComparison.Ordinal));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Gantry.slnx"));
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(f => !Repository.IsOutput(f)).Select(Path.GetFileName);
        Assert.All(projects, p => Assert.Contains("/" + p, solution, StringComparison.Ordinal));
    }

    private static List<string> References(string project)
    {
        var file = Path.Combine(Repository.Root, "src", "Gantry." + project, $"Gantry.{project}.csproj");
        return [.. XDocument.Load(file).Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/'))["Gantry.".Length..])];
    }
}
