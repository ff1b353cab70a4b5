using System.Runtime.CompilerServices;

namespace Gantry.Network.Tests;

/// <summary>Compares with a file beside the tests; GANTRY_REWRITE_GOLDEN=1 writes the file instead.</summary>
internal static class Golden
{
    public static void Check(string name, string actual, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, "..", "Golden", name);
        if (string.Equals(Environment.GetEnvironmentVariable("GANTRY_REWRITE_GOLDEN"), "1", StringComparison.Ordinal))
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run once with GANTRY_REWRITE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
