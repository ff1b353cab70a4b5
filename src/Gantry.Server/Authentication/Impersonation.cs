using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Authentication;

/// <summary>Lets a user act as another one (<c>Impersonate-*</c> headers), if authorization allows each part of it.</summary>
public static class Impersonation
{
    public const string UserHeader = "Impersonate-User";
    public const string UidHeader = "Impersonate-Uid";
    public const string GroupHeader = "Impersonate-Group";
    public const string ExtraPrefix = "Impersonate-Extra-";

    private const string AuthenticationGroup = "authentication.k8s.io";

    /// <summary>The user to act as.</summary>
    /// <returns>
    /// The asking user where no header asks for another; else the impersonated user, or the answer that refuses, or what is wrong with the headers, which Kubernetes
    /// takes for a fault of its own.
    /// </returns>
    public static async ValueTask<(UserInfo User, ApiStatus? Refusal, string? Fault)> ApplyAsync(
        UserInfo asking, IHeaderDictionary headers, IAuthorizer authorizer, CancellationToken cancellation)
    {
        var wanted = Read(headers);
        if (wanted is null)
        {
            return (asking, null, null);
        }

        if (wanted.Name.Length == 0)
        {
            return (asking, null, $"requested {Show(wanted)} without impersonating a user");
        }

        foreach (var question in Questions(asking, wanted))
        {
            var decision = await authorizer.AuthorizeAsync(question, cancellation).ConfigureAwait(false);
            if (decision.Opinion != Opinion.Allow || decision.Error is not null)
            {
                return (asking, ForbiddenMessage.Status(question, decision.Reason), null);
            }
        }

        return (Complete(wanted), null, null);
    }

    // References to what was asked for as Go prints them: kind, namespace, name, uid, version, resource version, field.
    private static string Show(UserInfo wanted) => "[" + string.Join(' ', wanted.Groups.Select(g => $"{{Group  {g}    }}")
        .Concat(wanted.Extra.SelectMany(e => e.Value.Select(v => $"{{UserExtra  {v}  {AuthenticationGroup}/v1  {e.Key}}}")))
        .Concat(wanted.Uid.Length > 0 ? [$"{{UID  {wanted.Uid}  {AuthenticationGroup}/v1  }}"] : [])) + "]";

    private static UserInfo? Read(IHeaderDictionary headers)
    {
        var name = First(headers[UserHeader]);
        var uid = First(headers[UidHeader]);
        var groups = headers[GroupHeader].Select(g => g ?? "").ToList();
        var extra = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (header, values) in headers)
        {
            if (header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
            {
                // Header names carry no case and few characters; keys come in lower case and percent-encoded.
                var key = Uri.UnescapeDataString(header[ExtraPrefix.Length..].ToLowerInvariant());
                extra[key] = [.. values.Select(v => v ?? "")];
            }
        }

        return name.Length + uid.Length + groups.Count + extra.Count == 0 ? null : new UserInfo { Name = name, Uid = uid, Groups = groups, Extra = extra };
    }

    private static string First(StringValues values) => values.Count == 0 ? "" : values[0] ?? "";

    private static IEnumerable<AuthorizationAttributes> Questions(UserInfo asking, UserInfo wanted)
    {
        var question = new AuthorizationAttributes { User = asking, Verb = "impersonate", IsResource = true, Version = "v1" };
        yield return ServiceAccountTokens.TryParseUserName(wanted.Name, out var ns, out var account)
            ? question with { Resource = "serviceaccounts", Namespace = ns, Name = account }
            : question with { Resource = "users", Name = wanted.Name };
        foreach (var group in wanted.Groups)
        {
            yield return question with { Resource = "groups", Name = group };
        }

        foreach (var (key, values) in wanted.Extra)
        {
            foreach (var value in values)
            {
                yield return question with { Group = AuthenticationGroup, Resource = "userextras", Subresource = key, Name = value };
            }
        }

        if (wanted.Uid.Length > 0)
        {
            yield return question with { Group = AuthenticationGroup, Resource = "uids", Name = wanted.Uid };
        }
    }

    // A service account keeps its groups unless others were asked for, and everybody but the anonymous user is authenticated.
    private static UserInfo Complete(UserInfo wanted)
    {
        var groups = wanted.Groups.ToList();
        if (groups.Count == 0 && ServiceAccountTokens.TryParseUserName(wanted.Name, out var ns, out _))
        {
            groups.AddRange(ServiceAccountTokens.GroupsOf(ns));
        }

        var anonymous = wanted.Name == UserInfo.Anonymous;
        if (!groups.Contains(UserInfo.UnauthenticatedGroup, StringComparer.Ordinal) && (anonymous || !groups.Contains(UserInfo.AuthenticatedGroup, StringComparer.Ordinal)))
        {
            groups.Add(anonymous ? UserInfo.UnauthenticatedGroup : UserInfo.AuthenticatedGroup);
        }

        return wanted with { Groups = groups };
    }
}
