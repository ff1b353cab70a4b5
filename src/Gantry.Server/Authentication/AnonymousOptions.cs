namespace Gantry.Server.Authentication;

/// <summary>Where requests without credentials are let in as <c>system:anonymous</c>. What they may do there, authorization says.</summary>
public sealed record AnonymousOptions
{
    /// <summary>Paths, each with everything below it; <c>/</c> stands for all.</summary>
    public IReadOnlyList<string> Paths { get; init; } = ["/healthz", "/livez", "/readyz"];

    /// <summary>Whether the paths stand for themselves alone.</summary>
    public bool AreExact { get; init; }

    public bool Allows(string path) => AreExact ? Paths.Contains(path, StringComparer.Ordinal) : Paths.Any(p =>
        p == "/" || string.Equals(p, path, StringComparison.Ordinal) || path.StartsWith(p + "/", StringComparison.Ordinal));

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check() =>
        Paths.Where(p => !p.StartsWith('/')).Select(p => ("anonymous.paths", $"{p} must begin with a slash"));
}
