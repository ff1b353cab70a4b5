using System.Globalization;

namespace Gantry.Client;

/// <summary>
/// Resource versions as numbers. One counter numbers all changes of a cluster, so they can be compared across kinds; clients of other
/// people's servers must treat the text as opaque, and do so everywhere else.
/// </summary>
public static class Revisions
{
    /// <summary>The number, or 0 for an empty or foreign text.</summary>
    public static long Parse(string resourceVersion) =>
        long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
