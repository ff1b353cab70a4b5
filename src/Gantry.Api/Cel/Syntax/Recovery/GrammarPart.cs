namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>A part of a rule: what the recovering parser goes through, and the states between which its errors are reasoned about.</summary>
internal abstract class GrammarPart
{
    /// <summary>Puts the part between two states.</summary>
    public abstract void Link(GrammarState from, GrammarState to);

    /// <summary>Reads the part.</summary>
    /// <exception cref="RecognitionException">It is not there.</exception>
    public abstract void Read(RecoveringParser parser);

    public sealed class Token(ulong tokens) : GrammarPart
    {
        private GrammarState _state = null!;

        public override void Link(GrammarState from, GrammarState to)
        {
            _state = new GrammarState(GrammarStateKind.Plain);
            from.To(_state);
            _state.To(to, tokens);
        }

        public override void Read(RecoveringParser parser) => parser.Match(_state);
    }

    public sealed class Call(GrammarRule rule, int precedence = 0) : GrammarPart
    {
        private GrammarState _state = null!;

        public override void Link(GrammarState from, GrammarState to)
        {
            _state = new GrammarState(GrammarStateKind.Plain);
            from.To(_state);
            _state.To(to, rule, precedence);
        }

        public override void Read(RecoveringParser parser) => parser.Enter(_state);
    }

    public sealed class Sequence(params GrammarPart[] parts) : GrammarPart
    {
        public override void Link(GrammarState from, GrammarState to)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var next = i == parts.Length - 1 ? to : new GrammarState(GrammarStateKind.Plain);
                parts[i].Link(from, next);
                from = next;
            }
        }

        public override void Read(RecoveringParser parser)
        {
            foreach (var part in parts)
            {
                part.Read(parser);
            }
        }
    }

    /// <summary>One of several; each may demand a precedence of the rule it is in.</summary>
    public sealed class Choice(params (int Precedence, GrammarPart Part)[] ways) : GrammarPart
    {
        private readonly GrammarState _state = new(GrammarStateKind.Choice);

        public override void Link(GrammarState from, GrammarState to)
        {
            from.To(_state);
            foreach (var (precedence, part) in ways)
            {
                var start = new GrammarState(GrammarStateKind.Plain);
                if (precedence > 0)
                {
                    _state.Guarded(start, precedence);
                }
                else
                {
                    _state.To(start);
                }
                part.Link(start, to);
            }
        }

        public override void Read(RecoveringParser parser)
        {
            parser.Sync(_state);
            ways[parser.Predict(_state)].Part.Read(parser);
        }
    }

    /// <summary>What may be left out.</summary>
    public sealed class Optional(GrammarPart part) : GrammarPart
    {
        private readonly GrammarState _state = new(GrammarStateKind.Choice);

        public override void Link(GrammarState from, GrammarState to)
        {
            from.To(_state);
            var start = new GrammarState(GrammarStateKind.Plain);
            _state.To(start);
            part.Link(start, to);
            _state.To(to);
        }

        public override void Read(RecoveringParser parser)
        {
            parser.Sync(_state);
            if (parser.Decide(_state) == 0)
            {
                part.Read(parser);
            }
        }
    }

    /// <summary>What stands there any number of times, or at least once.</summary>
    public sealed class Loop(GrammarPart part, bool once = false) : GrammarPart
    {
        private readonly GrammarState _state = new(GrammarStateKind.Choice);
        private readonly GrammarState _back = new(GrammarStateKind.LoopBack);

        public override void Link(GrammarState from, GrammarState to)
        {
            from.To(_state);
            var start = new GrammarState(GrammarStateKind.Plain);
            _state.To(start);
            part.Link(start, _back);
            if (once)
            {
                _back.To(_state);
                _back.To(to);
            }
            else
            {
                _state.To(to);
                _back.To(_state);
            }
        }

        public override void Read(RecoveringParser parser)
        {
            parser.Sync(_state);
            var again = once ? 0 : parser.Decide(_state);
            while (again == 0)
            {
                part.Read(parser);
                parser.Sync(_back);
                again = parser.Decide(once ? _back : _state);
            }
        }
    }
}
