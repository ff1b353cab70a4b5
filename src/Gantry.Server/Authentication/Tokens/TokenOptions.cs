namespace Gantry.Server.Authentication.Tokens;

/// <summary>How service-account tokens are issued and accepted.</summary>
public sealed record TokenOptions
{
    /// <summary>The <c>iss</c> of new tokens, and the only one accepted.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>The audiences the API server answers to; the default of new tokens.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = ["https://kubernetes.default.svc.cluster.local"];

    /// <summary>
    /// Whether tokens of pods for the API server live a year although renewed hourly, for programs that read their token once. Off: short-lived
    /// tokens are the point of bound tokens.
    /// </summary>
    public bool ExtendExpiration { get; init; }

    /// <summary>The longest life of a token that is asked for; longer ones are cut.</summary>
    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromDays(365 * 10);

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out _))
        {
            yield return ("tokens.issuer", "must be a URL");
        }

        if (Audiences.Count == 0)
        {
            yield return ("tokens.audiences", "must name at least one");
        }

        if (MaximumLifetime < TimeSpan.FromHours(1))
        {
            yield return ("tokens.maximumLifetime", "must be at least an hour");
        }
    }
}
