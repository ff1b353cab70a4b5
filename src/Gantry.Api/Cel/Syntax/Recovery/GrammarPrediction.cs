namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>Finds the way of a choice that the tokens allow, by going all of them at once.</summary>
internal sealed class GrammarPrediction
{
    private readonly Dictionary<(GrammarState Follow, Frame? Outer), Frame> _frames = [];
    private readonly int _precedence;

    private GrammarPrediction(int precedence) => _precedence = precedence;

    /// <param name="choice">The choice.</param>
    /// <param name="types">The tokens.</param>
    /// <param name="at">The next one.</param>
    /// <param name="rules">The rules that are being read, the outermost first.</param>
    /// <returns>The number of the way; or the number of the token at which none leads on, else -1.</returns>
    public static (int Way, int Failed) Of(GrammarState choice, TokenType[] types, int at, List<(GrammarState From, int Precedence)> rules)
    {
        var prediction = new GrammarPrediction(rules.Count > 0 ? rules[^1].Precedence : 0);
        Frame? outer = null;
        foreach (var (from, _) in rules)
        {
            outer = prediction.Into(from.Edges[0].Target, outer);
        }
        var places = new HashSet<Place>();
        for (var way = 0; way < choice.Edges.Count; way++)
        {
            var edge = choice.Edges[way];
            if (!edge.IsGuarded || edge.Precedence >= prediction._precedence)
            {
                prediction.Close(new Place(way, edge.Target, outer, 0, false), places);
            }
        }
        // Ways that lead to the same are first gone on with, as long as one leads somewhere else as well.
        return prediction.Go(places, types, at, Clash) ?? prediction.Go(places, types, at, Agreed)!.Value;
    }

    // The way, the token at which none leads on, or null where to stop is told.
    private (int Way, int Failed)? Go(HashSet<Place> places, TokenType[] types, int at, Func<HashSet<Place>, int?> decided)
    {
        for (var i = at; ; i++)
        {
            var next = new HashSet<Place>();
            foreach (var place in places)
            {
                foreach (var edge in place.State.Edges.Where(e => e.Tokens.Has(types[i])))
                {
                    Close(place with { State = edge.Target, Consumed = true }, next);
                }
            }
            if (next.Count == 0 && types[i] != TokenType.End)
            {
                return Stuck(places, i);
            }
            if (next.Count == 0)
            {
                // The end can only be taken by the outermost rule, behind which nothing is.
                var done = places.Where(p => p.State.Edges.Exists(e => e.Tokens.Has(TokenType.End))).ToList();
                return done.Count > 0 ? (done.Min(p => p.Way), -1) : Stuck(places, i);
            }
            var way = next.First().Way;
            if (next.All(p => p.Way == way))
            {
                return (way, -1);
            }
            if (decided(next) is { } best)
            {
                return best < 0 ? null : (best, -1);
            }
            places = next;
        }
    }

    // Whether ways have met and none has a place of its own: -1, else null.
    private static int? Clash(HashSet<Place> places)
    {
        static bool Several(IEnumerable<Place> group) => group.Select(p => p.Way).Distinct().Skip(1).Any();
        return places.GroupBy(p => (p.State, p.Outer)).Any(Several) && places.GroupBy(p => p.State).All(Several) ? -1 : null;
    }

    // The first way, where wherever another leads it leads too.
    private static int? Agreed(HashSet<Place> places)
    {
        List<int> best = [.. places.GroupBy(p => (p.State, p.Outer)).Select(g => g.Min(p => p.Way)).Distinct()];
        return best.Count == 1 ? best[0] : null;
    }

    // A way that has left the rule of the choice already was right as far as that rule goes.
    private static (int Way, int Failed) Stuck(HashSet<Place> places, int token)
    {
        var left = places.Where(p => p.Left).ToList();
        return left.Count > 0 ? (left.Min(p => p.Way), -1) : (-1, token);
    }

    // Every place from which a token leads on.
    private void Close(Place place, HashSet<Place> places)
    {
        if (place.State.Kind == GrammarStateKind.RuleEnd)
        {
            if (place.Outer is { } outer)
            {
                Close(place with { State = outer.Follow, Outer = outer.Outer, Depth = place.Depth - 1, Left = place.Left || place.Depth == 0 }, places);
            }
            return;
        }
        foreach (var edge in place.State.Edges)
        {
            if (edge.Tokens != 0)
            {
                places.Add(place);
            }
            else if (edge.Rule is { } rule)
            {
                Close(place with { State = rule.Start, Outer = Into(edge.Target, place.Outer), Depth = place.Depth + 1 }, places);
            }
            else if (!edge.IsGuarded || place.Consumed || place.Left || place.Depth != 0 || edge.Precedence >= _precedence)
            {
                Close(place with { State = edge.Target }, places);
            }
        }
    }

    private Frame Into(GrammarState follow, Frame? outer)
    {
        if (!_frames.TryGetValue((follow, outer), out var frame))
        {
            _frames[(follow, outer)] = frame = new Frame(follow, outer);
        }
        return frame;
    }

    private sealed class Frame(GrammarState follow, Frame? outer)
    {
        public GrammarState Follow { get; } = follow;

        public Frame? Outer { get; } = outer;
    }

    private sealed record Place(int Way, GrammarState State, Frame? Outer, int Depth, bool Left)
    {
        public bool Consumed { get; init; }
    }
}
