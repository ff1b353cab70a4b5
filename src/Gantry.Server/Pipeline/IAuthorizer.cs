using Gantry.Client.Selectors;
using Gantry.Server.Requests;

namespace Gantry.Server.Pipeline;

/// <summary>Decides whether a user may do something. Several are asked in order; the first opinion counts.</summary>
public interface IAuthorizer
{
    ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation);
}

public enum Opinion
{
    NoOpinion,
    Allow,
    Deny,
}

/// <param name="Opinion">Whether the authorizer allows, forbids, or leaves it to the next.</param>
/// <param name="Reason">Shown to the user after a refusal; may be empty.</param>
public readonly record struct AuthorizationDecision(Opinion Opinion, string Reason)
{
    public static AuthorizationDecision NoOpinion { get; } = new(Opinion.NoOpinion, "");
}

/// <summary>What is to be allowed: a request, or the question of an access review.</summary>
public sealed record AuthorizationAttributes
{
    public required UserInfo User { get; init; }

    public required string Verb { get; init; }

    public bool IsResource { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The path of requests that name no resource.</summary>
    public string Path { get; init; } = "";

    public static AuthorizationAttributes Of(UserInfo user, RequestInfo request) => new()
    {
        User = user,
        Verb = request.Verb,
        IsResource = request.IsResource,
        Group = request.Group,
        Version = request.Version,
        Resource = request.Resource,
        Subresource = request.Subresource,
        Namespace = request.Namespace,
        Name = request.Name.Length > 0 || request.Verb is not ("list" or "watch") ? request.Name : Selected(request),
        Path = request.Path,
    };

    // A list or watch of one object is about that object: agents may follow a secret by name without seeing the others.
    private static string Selected(RequestInfo request) =>
        request.Options["fieldSelector"] is { Length: > 0 } text && FieldSelector.TryParse(text, out var fields, out _) ? fields.Exact("metadata.name") ?? "" : "";
}
