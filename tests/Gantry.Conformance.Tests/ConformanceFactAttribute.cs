using Gantry.Testing;

namespace Gantry.Conformance.Tests;

/// <summary>A test that reads the list of conformance behaviours; left out, and said so, where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute()
    {
        if (File is null)
        {
            Skip = "left out: the list of conformance behaviours is not on this machine (GANTRY_REFERENCE names its folder)";
        }
    }

    /// <summary>Where the list is; null where it is not.</summary>
    public static string? File { get; } = Reference.Folder is { } folder && System.IO.File.Exists(Path.Combine(folder, "conformance.yaml"))
        ? Path.Combine(folder, "conformance.yaml")
        : null;
}
