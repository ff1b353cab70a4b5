namespace Gantry.Server.Authentication.Oidc;

/// <summary>Where a part of the user comes from: a claim, with something put before its text, or an expression over all claims.</summary>
public sealed record ClaimSource
{
    /// <summary>The claim's name, or empty where an expression says it.</summary>
    public string Claim { get; init; } = "";

    public string Prefix { get; init; } = "";

    public string Expression { get; init; } = "";
}
