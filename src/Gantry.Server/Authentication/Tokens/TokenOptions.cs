namespace Gantry.Server.Authentication.Tokens;

/// <summary>How service-account tokens are issued and accepted.</summary>
public sealed record TokenOptions
{
    /// <summary>The <c>iss</c> of new tokens.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>Issuers of earlier days whose tokens are accepted still.</summary>
    public IReadOnlyList<string> OldIssuers { get; init; } = [];

    /// <summary>The audiences the API server answers to; the default of new tokens.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = ["https://kubernetes.default.svc.cluster.local"];

    /// <summary>
    /// Whether tokens of pods for the API server live a year although renewed hourly, for programs that read their token once, as in kube-apiserver. They still
    /// end with their pod, and who uses an old one is told of in figures and in the audit log.
    /// </summary>
    public bool ExtendExpiration { get; init; } = true;

    /// <summary>The longest life of a token that is asked for; longer ones are cut. Zero for no limit.</summary>
    public TimeSpan MaximumLifetime { get; init; }

    /// <summary>The file of the private key that signs; empty for a key of the server's own.</summary>
    public string SigningKeyFile { get; init; } = "";

    /// <summary>Files of further keys whose tokens are accepted, public or private, several in one file.</summary>
    public IReadOnlyList<string> KeyFiles { get; init; } = [];

    /// <summary>Where others find the keys; empty for this server's own address.</summary>
    public string KeysUrl { get; init; } = "";

    /// <summary>Every issuer whose tokens are accepted.</summary>
    public IEnumerable<string> Issuers => OldIssuers.Prepend(Issuer);

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        // A name without a colon is a plain text, which may be an issuer too.
        foreach (var issuer in Issuers.Where(i => i.Length == 0 || (i.Contains(':', StringComparison.Ordinal) && !Uri.TryCreate(i, UriKind.Absolute, out _))))
        {
            yield return ("tokens.issuer", $"service-account-issuer \"{issuer}\" contained a ':' but was not a valid URL");
        }

        if (Audiences.Count == 0)
        {
            yield return ("tokens.audiences", "must name at least one");
        }

        if (MaximumLifetime != TimeSpan.Zero && (MaximumLifetime < TimeSpan.FromHours(1) || MaximumLifetime > TimeSpan.FromSeconds(1L << 32)))
        {
            yield return ("tokens.maximumLifetime", "must be between 1 hour and 2^32 seconds");
        }

        foreach (var file in KeyFiles.Prepend(SigningKeyFile).Where(f => f.Length > 0 && !File.Exists(f)))
        {
            yield return ("tokens.keyFiles", $"{file} does not exist");
        }

        if (KeysUrl.Length > 0 && !(Uri.TryCreate(KeysUrl, UriKind.Absolute, out var keys) && keys.Scheme == Uri.UriSchemeHttps))
        {
            yield return ("tokens.keysUrl", "must be an https URL");
        }
    }
}
