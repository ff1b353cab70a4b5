namespace Gantry.Server.Authentication.Oidc;

/// <summary>A token is not accepted; the message says why and holds no part of the token but names of claims and what they are compared with.</summary>
internal sealed class ClaimException : Exception
{
    public ClaimException()
    {
    }

    public ClaimException(string message)
        : base(message)
    {
    }

    public ClaimException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
