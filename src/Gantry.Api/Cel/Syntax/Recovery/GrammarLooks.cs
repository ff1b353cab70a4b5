namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>Which tokens can come next at a place of the grammar.</summary>
internal static class GrammarLooks
{
    private static readonly Lazy<Dictionary<GrammarRule, List<GrammarState>>> Callers = new(FindCallers);
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<GrammarState, ulong> Firsts = new();
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<GrammarState, ulong[]?> Choices = new();

    /// <summary>The tokens that can come next in the rule itself, and <see cref="TokenType.Epsilon"/> where it may end.</summary>
    public static ulong First(GrammarState state) => Firsts.GetOrAdd(state, static s =>
    {
        var set = s.Kind == GrammarStateKind.RuleEnd ? TokenTypes.Set(TokenType.Epsilon) : 0;
        foreach (var edge in s.Edges)
        {
            // No rule is empty.
            set |= edge.Tokens | (edge.Rule is { } rule ? First(rule.Start) : edge.Tokens == 0 ? First(edge.Target) : 0);
        }
        return set;
    });

    /// <summary>The tokens that each way of a choice begins with, where the next token alone decides it; else null.</summary>
    public static ulong[]? Decisive(GrammarState choice) => Choices.GetOrAdd(choice, static c =>
    {
        var (seen, looks) = (0UL, new ulong[c.Edges.Count]);
        for (var i = 0; i < looks.Length; i++)
        {
            if (c.Edges[i].IsGuarded || !Look(c.Edges[i].Target, ref looks[i], []) || (seen & looks[i]) != 0)
            {
                return null;
            }
            seen |= looks[i];
        }
        return looks;
    });

    // Past the end of the rule too, whoever called it. False where it depends on what the rule demands of operators.
    private static bool Look(GrammarState state, ref ulong set, HashSet<GrammarState> visited)
    {
        if (!visited.Add(state))
        {
            return true;
        }
        if (state.Kind == GrammarStateKind.RuleEnd)
        {
            foreach (var follow in Callers.Value.GetValueOrDefault(Owner(state)) ?? [])
            {
                if (!Look(follow, ref set, visited))
                {
                    return false;
                }
            }
        }
        foreach (var edge in state.Edges)
        {
            set |= edge.Tokens;
            if (edge.IsGuarded || (edge.Tokens == 0 && !Look(edge.Rule?.Start ?? edge.Target, ref set, visited)))
            {
                return false;
            }
        }
        return true;
    }

    private static GrammarRule Owner(GrammarState end) => Callers.Value.Keys.First(r => ReferenceEquals(r.End, end));

    private static Dictionary<GrammarRule, List<GrammarState>> FindCallers()
    {
        var callers = new Dictionary<GrammarRule, List<GrammarState>> { [CelGrammar.Start] = [] };
        var (visited, waiting) = (new HashSet<GrammarState>(), new Stack<GrammarState>([CelGrammar.Start.Start]));
        while (waiting.TryPop(out var state))
        {
            if (!visited.Add(state))
            {
                continue;
            }
            foreach (var edge in state.Edges)
            {
                waiting.Push(edge.Target);
                if (edge.Rule is { } rule)
                {
                    waiting.Push(rule.Start);
                    callers.TryAdd(rule, []);
                    callers[rule].Add(edge.Target);
                }
            }
        }
        return callers;
    }
}
