namespace Gantry.Testing;

/// <summary>The recorded facts about Kubernetes 1.32 that some tests compare with; they are not part of the project.</summary>
public static class Reference
{
    /// <summary>The folder that <c>GANTRY_REFERENCE</c> names, else <c>shared/reference</c> beside the project; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GANTRY_REFERENCE") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : throw new DirectoryNotFoundException($"GANTRY_REFERENCE names {named}, which is not a folder");
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "BannedSymbols.txt")))
            {
                var beside = new DirectoryInfo(Path.Combine(at.FullName, "..", "shared", "reference"));
                return beside.Exists ? beside.FullName : null;
            }
        }

        return null;
    }
}
