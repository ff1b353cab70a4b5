using Gantry.Api.Models;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>A token that was issued.</summary>
/// <param name="Request">The request with its answer in the status.</param>
/// <param name="Id">The token's own id.</param>
/// <param name="Warning">What the client is to be told, or null.</param>
public sealed record TokenGrant(AuthenticationV1TokenRequest Request, string Id, string? Warning)
{
    // Records print their members; a token must never reach a log that way.
    public override string ToString() => "token " + Id;
}
