using Gantry.Client.Selectors;
using Selectors = Gantry.Client.Selectors;
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

    /// <summary>What went wrong while deciding; null where nothing did. A request that is not allowed then is answered as a fault of the server.</summary>
    public string? Error { get; init; }
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

    /// <summary>What lists, watches and deletions of collections are limited to by fields; what cannot be read of it is left out.</summary>
    public IReadOnlyList<FieldRequirement> FieldSelector
    {
        get => _fields ??= FieldSelectorText.Length > 0 && Selectors.FieldSelector.TryParse(FieldSelectorText, out var parsed, out _) ? parsed.Requirements : [];
        init => _fields = value;
    }

    /// <summary>The same by labels.</summary>
    public IReadOnlyList<LabelRequirement> LabelSelector
    {
        get => _labels ??= LabelSelectorText.Length > 0 && Selectors.LabelSelector.TryParse(LabelSelectorText, out var parsed, out _) ? parsed.Requirements : [];
        init => _labels = value;
    }

    // Read only if an authorizer asks: most do not.
    private string FieldSelectorText { get; init; } = "";

    private string LabelSelectorText { get; init; } = "";

    private IReadOnlyList<FieldRequirement>? _fields;
    private IReadOnlyList<LabelRequirement>? _labels;

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
        FieldSelectorText = Selects(request) ? request.Options["fieldSelector"] : "",
        LabelSelectorText = Selects(request) ? request.Options["labelSelector"] : "",
    };

    private static bool Selects(RequestInfo request) => request.IsResource && request.Verb is "list" or "watch" or "deletecollection";

    // A list or watch of one object is about that object: agents may follow a secret by name without seeing the others.
    private static string Selected(RequestInfo request) =>
        request.Options["fieldSelector"] is { Length: > 0 } text && Selectors.FieldSelector.TryParse(text, out var fields, out _) ? fields.Exact("metadata.name") ?? "" : "";
}
