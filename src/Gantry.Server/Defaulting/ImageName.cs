using System.Text.RegularExpressions;

namespace Gantry.Server.Defaulting;

/// <summary>Names of container images, <c>registry/repository:tag@digest</c>.</summary>
internal static partial class ImageName
{
    private const int LongestName = 255;

    /// <summary>The tag: <c>latest</c> where there is neither tag nor digest, empty where there is only a digest, and for what is no name of an image.</summary>
    public static string Tag(string image)
    {
        var match = Reference().Match(image);
        if (!match.Success || match.Groups["name"].Length > LongestName || Identifier().IsMatch(image))
        {
            return "";
        }

        return match.Groups["tag"] is { Success: true } tag ? tag.Value : match.Groups["digest"].Success ? "" : "latest";
    }

    // The first part is a registry when it could not be the name of a repository: when it has a dot, a colon or upper case, or is "localhost".
    [GeneratedRegex(
        """^(?<name>((?=[^/]*[.:A-Z]|localhost/)(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(:[0-9]+)?/)?"""
        + """[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})))?$""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex("^[a-f0-9]{64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();
}
