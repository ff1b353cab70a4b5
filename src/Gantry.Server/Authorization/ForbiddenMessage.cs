using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Authorization;

/// <summary>The words of a refused request.</summary>
public static class ForbiddenMessage
{
    /// <summary>Such as <c>User "x" cannot list resource "pods" in API group "" in the namespace "y"</c>.</summary>
    public static string Text(AuthorizationAttributes asked)
    {
        var user = GoText.Quote(asked.User.Name);
        string text;
        if (!asked.IsResource)
        {
            text = $"User {user} cannot {asked.Verb} path {GoText.Quote(asked.Path)}";
        }
        else
        {
            var resource = GoText.Quote(asked.Subresource.Length == 0 ? asked.Resource : asked.Resource + "/" + asked.Subresource);
            var where = asked.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace {GoText.Quote(asked.Namespace)}";
            text = $"User {user} cannot {asked.Verb} resource {resource} in API group {GoText.Quote(asked.Group)} {where}";
        }

        return Harmless(text);
    }

    /// <summary>A text that browsers may show: what they would take for markup is written as entities.</summary>
    public static string Harmless(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>The answer for a request that is not allowed: 403, or 500 where the authorizers could not tell.</summary>
    public static ApiStatus Status(AuthorizationAttributes asked, AuthorizationDecision decision) =>
        decision.Error is { } error ? ApiStatus.Internal(error) : Status(asked, decision.Reason);

    /// <summary>The answer 403 for a request that no authorizer allowed.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="reason">What authorizers said; may be empty.</param>
    public static ApiStatus Status(AuthorizationAttributes asked, string reason)
    {
        var text = Text(asked);
        return ApiStatus.Forbidden(asked.Group, asked.Resource, asked.Name, reason.Length == 0 ? text : text + ": " + reason);
    }
}
