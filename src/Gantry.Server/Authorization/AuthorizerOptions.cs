using Gantry.Server.Authorization.Webhook;

namespace Gantry.Server.Authorization;

/// <summary>One authorizer.</summary>
/// <param name="Type">One of <see cref="Types"/>.</param>
public sealed record AuthorizerOptions(string Type)
{
    public static IReadOnlyList<string> Types { get; } = ["ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"];

    /// <summary>How messages and figures call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The server to ask, for the type <c>Webhook</c>.</summary>
    public AuthorizationWebhookOptions? Webhook { get; init; }
}
