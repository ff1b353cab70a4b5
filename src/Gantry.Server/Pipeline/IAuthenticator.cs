using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Pipeline;

/// <summary>Finds out who makes a request.</summary>
public interface IAuthenticator
{
    /// <summary>Looks at the connection and the headers only, never at the body.</summary>
    ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellation);
}

/// <summary>The closed set of answers of an <see cref="IAuthenticator"/>.</summary>
public abstract record AuthenticationOutcome
{
    private AuthenticationOutcome()
    {
    }

    public static AuthenticationOutcome None { get; } = new NoCredentials();

    /// <summary>The credentials are good. <paramref name="User"/> already holds <c>system:authenticated</c>.</summary>
    public sealed record Known(UserInfo User) : AuthenticationOutcome
    {
        /// <summary>What the audit log is told of the credentials; null for nothing.</summary>
        public KeyValuePair<string, string>? Note { get; init; }

        /// <summary>What the client is warned of; null for nothing.</summary>
        public string? Warning { get; init; }
    }

    /// <summary>The request brings no credentials that this authenticator understands.</summary>
    public sealed record NoCredentials : AuthenticationOutcome;

    /// <summary>The request brings credentials, and they are wrong: it is answered 401.</summary>
    public sealed record Rejected(string Reason) : AuthenticationOutcome
    {
        /// <summary>What the audit log is told of the credentials; null for nothing.</summary>
        public KeyValuePair<string, string>? Note { get; init; }
    }
}
