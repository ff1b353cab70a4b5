using Gantry.Api.Models;
using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>Whether a flow schema is about a request (flowcontrol.apiserver.k8s.io/v1).</summary>
internal static class FlowMatching
{
    private const string All = "*";
    private const string AccountPrefix = "system:serviceaccount:";

    /// <summary>Whether the rule is about that user at all.</summary>
    public static bool IsAbout(V1PolicyRulesWithSubjects rule, UserInfo user)
    {
        foreach (var subject in rule.Subjects)
        {
            if (subject.Kind switch
            {
                "User" => subject.User is { } named && (named.Name == All || named.Name == user.Name),
                "Group" => subject.Group is { } group && (group.Name == All || user.IsIn(group.Name)),
                "ServiceAccount" => subject.ServiceAccount is { } account && IsAccount(account, user.Name),
                _ => false,
            })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the rule is about what is asked.</summary>
    public static bool IsAbout(V1PolicyRulesWithSubjects rule, RequestInfo info)
    {
        if (info.IsResource)
        {
            foreach (var resource in rule.ResourceRules)
            {
                if (Matches(resource, info))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (var url in rule.NonResourceRules)
        {
            if (Holds(url.Verbs, info.Verb) && HoldsPath(url.NonResourceURLs, info.Path))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAccount(V1ServiceAccountSubject account, string user)
    {
        if (!user.StartsWith(AccountPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = user.AsSpan(AccountPrefix.Length);
        var colon = rest.IndexOf(':');
        return colon > 0 && rest[..colon].SequenceEqual(account.Namespace) && (account.Name == All || rest[(colon + 1)..].SequenceEqual(account.Name));
    }

    private static bool Matches(V1ResourcePolicyRule rule, RequestInfo info) =>
        Holds(rule.Verbs, info.Verb) && HoldsResource(rule.Resources, info) && Holds(rule.ApiGroups, info.Group)
        && (info.Namespace.Length == 0 ? rule.ClusterScope : Holds(rule.Namespaces, info.Namespace));

    private static bool Holds(IReadOnlyList<string> list, string value)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == All || list[i] == value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsResource(IReadOnlyList<string> list, RequestInfo info)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var wanted = list[i];
            if (wanted == All || (info.Subresource.Length == 0
                ? wanted == info.Resource
                : wanted.Length == info.Resource.Length + 1 + info.Subresource.Length && wanted[info.Resource.Length] == '/'
                    && wanted.StartsWith(info.Resource, StringComparison.Ordinal) && wanted.EndsWith(info.Subresource, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsPath(IReadOnlyList<string> list, string path)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var wanted = list[i];
            if (wanted == path || (wanted.EndsWith('*') && path.AsSpan().StartsWith(wanted.AsSpan().TrimEnd('*'), StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
