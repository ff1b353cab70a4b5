using System.Text.RegularExpressions;

namespace Gantry.Node.Images;

/// <summary>An image's name made complete, by Docker's rules: "redis" is "docker.io/library/redis:latest".</summary>
public sealed partial record ImageReference
{
    // Names are short; a limit all the same, since they come from users.
    private const int MatchLimit = 1000;

    private ImageReference(string domain, string path, string tag, string digest)
    {
        Domain = domain;
        Path = path;
        Tag = tag;
        Digest = digest;
    }

    public string Domain { get; }

    public string Path { get; }

    /// <summary>Empty when only a digest is given.</summary>
    public string Tag { get; }

    /// <summary>"sha256:…", or empty.</summary>
    public string Digest { get; }

    /// <summary>Whether the tag is latest, given or implied: then the default pull policy is Always.</summary>
    public bool IsLatest => Digest.Length == 0 && Tag == "latest";

    public string Full => $"{Domain}/{Path}{(Tag.Length > 0 ? ":" + Tag : "")}{(Digest.Length > 0 ? "@" + Digest : "")}";

    /// <summary>Null when the text is no valid reference.</summary>
    public static ImageReference? Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success || HexOnly().IsMatch(text))
        {
            return null;
        }

        var name = match.Groups["name"].Value;
        var domain = "docker.io";
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && (name.AsSpan(0, slash).ContainsAny(".:") || name[..slash] == "localhost"))
        {
            (domain, name) = (name[..slash], name[(slash + 1)..]);
        }

        domain = domain == "index.docker.io" ? "docker.io" : domain;
        if (domain == "docker.io" && !name.Contains('/', StringComparison.Ordinal))
        {
            name = "library/" + name;
        }

        if (!DomainShape().IsMatch(domain) || !name.Split('/').All(c => Component().IsMatch(c)))
        {
            return null;
        }

        var digest = match.Groups["digest"].Value;
        var tag = match.Groups["tag"].Value;
        return new ImageReference(domain, name, tag.Length == 0 && digest.Length == 0 ? "latest" : tag, digest);
    }

    [GeneratedRegex(@"^(?<name>[^@]+?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,}))?$", RegexOptions.ExplicitCapture, MatchLimit)]
    private static partial Regex Shape();

    [GeneratedRegex("^[a-f0-9]{64}$", RegexOptions.None, MatchLimit)]
    private static partial Regex HexOnly();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]+)?$", RegexOptions.None, MatchLimit)]
    private static partial Regex DomainShape();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$", RegexOptions.None, MatchLimit)]
    private static partial Regex Component();
}
