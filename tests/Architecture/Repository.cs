namespace Gantry.Architecture;

/// <summary>The project's own files.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>C# files below a folder of the root, without build output.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(f => !IsOutput(f));

    public static bool IsOutput(string file) => file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or ".build");

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "BannedSymbols.txt")))
        {
            at = at.Parent ?? throw new InvalidOperationException("the tests do not run inside the repository");
        }

        return at.FullName;
    }
}
