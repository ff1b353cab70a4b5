using System.Globalization;

namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>
/// Finds every syntax error of a text that is no expression, in the words of the reference implementation: its parser (ANTLR with the default strategy) goes on
/// after an error by leaving out a token, by thinking one in, or by going to where the rules around can go on. Only texts that are known to be wrong come here.
/// </summary>
internal sealed class RecoveringParser
{
    private const int MostAttempts = 30;
    private const int MostErrors = 100;
    private const int DeepestNesting = 2500;

    private readonly string _text;
    private readonly List<CelError> _errors;
    private readonly List<CelToken> _tokens;
    private readonly TokenType[] _types;
    private readonly List<(GrammarState From, int Precedence)> _rules = [];
    private readonly HashSet<GrammarState> _lastStates = [];
    private GrammarState _state = CelGrammar.Start.Start;
    private int _at;
    private int _lastAt = -1;
    private int _attempts;
    private bool _recovering;
    private bool _gaveUp;

    private RecoveringParser(string text, List<CelError> errors)
    {
        (_text, _errors) = (text, errors);
        _tokens = new CelLexer(text, errors).Read();
        _types = [.. _tokens.Select(TokenTypes.Of)];
    }

    private TokenType Next => _types[_at];

    /// <summary>The errors of a text, in no particular order; none where its syntax is right.</summary>
    public static List<CelError> Errors(string text)
    {
        var errors = new List<CelError>();
        var parser = new RecoveringParser(text, errors);
        parser.Read(CelGrammar.Start);
        return errors;
    }

    /// <summary>Reads the one token that stands at a state, or makes up for it.</summary>
    public void Match(GrammarState state)
    {
        _state = state;
        if (state.Edges[0].Tokens.Has(Next))
        {
            _recovering = false;
            Consume();
            return;
        }
        Attempt();
        if (Deleted())
        {
            Consume();
        }
        else if (After(state.Edges[0].Target).Has(Next))
        {
            Report($"missing {TokenTypes.Text(Expected())} at {Shown(_at)}", _at);
        }
        else
        {
            throw Mismatch();
        }
    }

    /// <summary>Reads the rule that stands at a state. What is wrong in it ends there.</summary>
    public void Enter(GrammarState state)
    {
        _state = state;
        var edge = state.Edges[0];
        if (_rules.Count == DeepestNesting)
        {
            _gaveUp = true;
        }
        if (_gaveUp)
        {
            return;
        }
        _rules.Add((state, edge.Precedence));
        Read(edge.Rule!);
        _rules.RemoveAt(_rules.Count - 1);
    }

    /// <summary>Before a choice and between the turns of a loop: sees to it that the next token can stand there.</summary>
    public void Sync(GrammarState state)
    {
        _state = state;
        var first = GrammarLooks.First(state);
        if (_recovering || _gaveUp || first.Has(TokenType.Epsilon) || first.Has(Next))
        {
            return;
        }
        if (state.Kind == GrammarStateKind.Choice)
        {
            if (!Deleted())
            {
                throw Mismatch();
            }
            return;
        }
        Unwanted();
        ConsumeUntil(Expected() | Resuming());
    }

    /// <summary>Which way of a choice to go, where one token may be enough to know.</summary>
    public int Decide(GrammarState choice)
    {
        if (_gaveUp)
        {
            return choice.Edges.Count - 1;
        }
        return GrammarLooks.Decisive(choice) is { } looks ? (looks[0].Has(Next) ? 0 : choice.Edges.Count - 1) : Predict(choice);
    }

    /// <summary>Which way of a choice to go, by as many tokens as it takes.</summary>
    /// <exception cref="RecognitionException">No way leads on.</exception>
    public int Predict(GrammarState choice)
    {
        _state = choice;
        if (_gaveUp)
        {
            throw new RecognitionException("", _at);
        }
        var (way, failed) = GrammarPrediction.Of(choice, _types, _at, _rules);
        if (failed < 0)
        {
            return way;
        }
        var from = _tokens[_at];
        var end = failed < _tokens.Count - 1 ? _tokens[failed] : _tokens[^2];
        var input = Next == TokenType.End ? "<EOF>" : _text[from.Position..Math.Max(from.Position + 1, End(end))];
        throw new RecognitionException(Reserved(input) is { } word ? $"mismatched input '{word}' expecting IDENTIFIER" : $"no viable alternative at input '{Escaped(input)}'", failed);
    }

    private void Read(GrammarRule rule)
    {
        try
        {
            rule.Body.Read(this);
        }
        catch (RecognitionException e)
        {
            if (!_gaveUp)
            {
                Report(e.Message, e.Token);
                Recover();
            }
        }
    }

    // A word that means something else, where a name should be.
    private static string? Reserved(string input) => input is ".true" or ".false" or ".null" ? input[1..] : null;

    private static int End(CelToken token) => token.Position + token.Text.Length + (token.Kind == CelTokenKind.Uint ? 1 : 0);

    private void Consume() => _at = Math.Min(_at + 1, _types.Length - 1);

    private void ConsumeUntil(ulong set)
    {
        while (Next != TokenType.End && !set.Has(Next))
        {
            Consume();
        }
    }

    private void Recover()
    {
        Attempt();
        if (_lastAt == _at && _lastStates.Contains(_state))
        {
            Consume();
        }
        _lastAt = _at;
        _lastStates.Add(_state);
        ConsumeUntil(Resuming());
    }

    private void Attempt()
    {
        if (_attempts++ < MostAttempts || _gaveUp)
        {
            return;
        }
        _recovering = false;
        Report(string.Create(CultureInfo.InvariantCulture, $"error recovery attempt limit exceeded: {MostAttempts}"), _at);
        _gaveUp = true;
        throw new RecognitionException("", _at);
    }

    // Leaves out one token if the one behind it can stand here.
    private bool Deleted()
    {
        if (!Expected().Has(_types[Math.Min(_at + 1, _types.Length - 1)]))
        {
            return false;
        }
        Unwanted();
        Consume();
        _recovering = false;
        return true;
    }

    private void Unwanted() => Report($"extraneous input {Shown(_at)} expecting {TokenTypes.Text(Expected())}", _at);

    private RecognitionException Mismatch() => new($"mismatched input {Shown(_at)} expecting {TokenTypes.Text(Expected())}", _at);

    private void Report(string message, int token)
    {
        if (_recovering || _gaveUp)
        {
            return;
        }
        _recovering = true;
        if (_errors.Count < MostErrors)
        {
            _errors.Add(CelError.At("Syntax error: " + message, _text, _tokens[token].Position));
        }
    }

    private string Shown(int token) => $"'{Escaped(_tokens[token].Text)}'";

    private static string Escaped(string text) =>
        text.Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    private ulong Expected() => After(_state);

    // What can come at a state, and behind the rules that may end there.
    private ulong After(GrammarState state)
    {
        var set = GrammarLooks.First(state);
        for (var i = _rules.Count - 1; set.Has(TokenType.Epsilon) && i >= 0; i--)
        {
            set = (set & ~TokenTypes.Bit(TokenType.Epsilon)) | GrammarLooks.First(_rules[i].From.Edges[0].Target);
        }
        return set.Has(TokenType.Epsilon) ? (set & ~TokenTypes.Bit(TokenType.Epsilon)) | TokenTypes.Bit(TokenType.End) : set;
    }

    // Where any of the rules around can go on.
    private ulong Resuming()
    {
        var set = 0UL;
        foreach (var (from, _) in _rules)
        {
            set |= GrammarLooks.First(from.Edges[0].Target);
        }
        return set & ~TokenTypes.Bit(TokenType.Epsilon);
    }
}
