using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Server.Requests;

namespace Gantry.Server.Flows;

/// <summary>The flow schemas in force, in the order in which they are tried. Immutable but for what it remembers of users.</summary>
public sealed class FlowSnapshot
{
    // Beyond that many users what is remembered is dropped: finding it again costs microseconds.
    private const int RememberedUsers = 2048;

    private readonly ConcurrentDictionary<string, UserFlows> _users = new(StringComparer.Ordinal);
    private readonly ServedFlow _rest;

    /// <param name="flows">By precedence and name; only those whose level exists.</param>
    /// <param name="levels">Every level, also those that only live for the requests they have.</param>
    /// <param name="rest">For requests that no schema is about.</param>
    public FlowSnapshot(IReadOnlyList<ServedFlow> flows, IReadOnlyList<PriorityLevel> levels, ServedFlow rest)
    {
        Flows = flows;
        Levels = levels;
        _rest = rest;
    }

    public IReadOnlyList<ServedFlow> Flows { get; }

    public IReadOnlyList<PriorityLevel> Levels { get; }

    /// <summary>The schema that a request belongs to.</summary>
    public ServedFlow Find(UserInfo user, RequestInfo info)
    {
        if (!_users.TryGetValue(user.Name, out var known) || !known.IsOf(user))
        {
            if (_users.Count >= RememberedUsers)
            {
                _users.Clear();
            }

            _users[user.Name] = known = UserFlows.Of(user, Flows);
        }

        foreach (var (rule, flow) in known.Rules)
        {
            if (FlowMatching.IsAbout(rule, info))
            {
                return flow;
            }
        }

        return _rest;
    }

    /// <summary>The rules that are about one user, in their order: which they are does not depend on what he asks.</summary>
    private sealed record UserFlows(IReadOnlyList<string> Groups, (V1PolicyRulesWithSubjects Rule, ServedFlow Flow)[] Rules)
    {
        public static UserFlows Of(UserInfo user, IReadOnlyList<ServedFlow> flows) =>
            new(user.Groups, [.. flows.SelectMany(f => f.Rules.Where(r => FlowMatching.IsAbout(r, user)).Select(r => (r, f)))]);

        public bool IsOf(UserInfo user) => ReferenceEquals(Groups, user.Groups) || Groups.SequenceEqual(user.Groups, StringComparer.Ordinal);
    }
}
