using static Gantry.Api.Cel.Syntax.Recovery.GrammarPart;

namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>
/// The grammar as the reference implementation of 1.32 divides it into rules and choices. What is accepted does not depend on that, but how errors are found
/// and worded does.
/// </summary>
internal static class CelGrammar
{
    public static GrammarRule Start { get; } = Build();

    private static GrammarRule Build()
    {
        var (start, expression, or, and, relation, sum) = (new GrammarRule(), new GrammarRule(), new GrammarRule(), new GrammarRule(), new GrammarRule(), new GrammarRule());
        start.Define(new Sequence(new Call(expression), One(TokenType.End)));
        expression.Define(new Sequence(
            new Call(or), new Optional(new Sequence(One(TokenType.Question), new Call(or), One(TokenType.Colon), new Call(expression)))));
        or.Define(new Sequence(new Call(and), new Loop(new Sequence(One(TokenType.Or), new Call(and)))));
        and.Define(new Sequence(new Call(relation), new Loop(new Sequence(One(TokenType.And), new Call(relation)))));
        relation.Define(new Sequence(new Call(sum), new Loop(new Choice((1, new Sequence(
            One(TokenType.Less, TokenType.LessOrEqual, TokenType.GreaterOrEqual, TokenType.Greater, TokenType.Equal, TokenType.NotEqual, TokenType.In),
            new Call(relation, 2)))))));
        sum.Define(new Sequence(new Call(Unary(expression)), new Loop(new Choice(
            (2, new Sequence(One(TokenType.Star, TokenType.Slash, TokenType.Percent), new Call(sum, 3))),
            (1, new Sequence(One(TokenType.Plus, TokenType.Minus), new Call(sum, 2)))))));
        return start;
    }

    private static GrammarRule Unary(GrammarRule expression)
    {
        var (unary, member, arguments) = (new GrammarRule(), new GrammarRule(), Separated(() => new Call(expression)));
        unary.Define(new Choice(
            (0, new Call(member)),
            (0, new Sequence(new Loop(One(TokenType.Not), once: true), new Call(member))),
            (0, new Sequence(new Loop(One(TokenType.Minus), once: true), new Call(member)))));
        member.Define(new Sequence(new Call(Primary(expression, arguments)), new Loop(new Choice(
            (3, new Sequence(One(TokenType.Dot), Question(), One(TokenType.Identifier))),
            (2, new Sequence(One(TokenType.Dot), One(TokenType.Identifier), Called(arguments))),
            (1, new Sequence(One(TokenType.OpenBracket), Question(), new Call(expression), One(TokenType.CloseBracket)))))));
        return unary;
    }

    private static GrammarRule Primary(GrammarRule expression, GrammarRule arguments)
    {
        var (primary, item, field) = (new GrammarRule(), new GrammarRule(), new GrammarRule());
        item.Define(new Sequence(Question(), new Call(expression)));
        field.Define(new Sequence(Question(), One(TokenType.Identifier)));
        var value = new Func<GrammarRule, GrammarRule>(key => Separated(() => new Sequence(new Call(key), One(TokenType.Colon), new Call(expression))));
        primary.Define(new Choice(
            (0, new Sequence(new Optional(One(TokenType.Dot)), One(TokenType.Identifier), new Optional(Called(arguments)))),
            (0, new Sequence(One(TokenType.OpenParenthesis), new Call(expression), One(TokenType.CloseParenthesis))),
            (0, Closed(TokenType.OpenBracket, Separated(() => new Call(item)), TokenType.CloseBracket)),
            (0, Closed(TokenType.OpenBrace, value(item), TokenType.CloseBrace)),
            (0, new Sequence(
                new Optional(One(TokenType.Dot)), One(TokenType.Identifier), new Loop(new Sequence(One(TokenType.Dot), One(TokenType.Identifier))),
                Closed(TokenType.OpenBrace, value(field), TokenType.CloseBrace))),
            (0, new Call(Literal()))));
        return primary;
    }

    private static GrammarRule Literal()
    {
        var literal = new GrammarRule();
        literal.Define(new Choice(
            (0, new Sequence(new Optional(One(TokenType.Minus)), One(TokenType.Int))),
            (0, One(TokenType.Uint)),
            (0, new Sequence(new Optional(One(TokenType.Minus)), One(TokenType.Double))),
            (0, One(TokenType.Text)),
            (0, One(TokenType.Bytes)),
            (0, One(TokenType.True)),
            (0, One(TokenType.False)),
            (0, One(TokenType.Null))));
        return literal;
    }

    private static Token One(params ReadOnlySpan<TokenType> types) => new(TokenTypes.Set(types));

    private static Optional Question() => new(One(TokenType.Question));

    private static Sequence Called(GrammarRule arguments) => new(One(TokenType.OpenParenthesis), new Optional(new Call(arguments)), One(TokenType.CloseParenthesis));

    private static Sequence Closed(TokenType open, GrammarRule items, TokenType close) =>
        new(One(open), new Optional(new Call(items)), new Optional(One(TokenType.Comma)), One(close));

    private static GrammarRule Separated(Func<GrammarPart> item)
    {
        var rule = new GrammarRule();
        rule.Define(new Sequence(item(), new Loop(new Sequence(One(TokenType.Comma), item()))));
        return rule;
    }
}
