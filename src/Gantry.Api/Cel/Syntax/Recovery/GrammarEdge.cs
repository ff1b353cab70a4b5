namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>A way from one place to another: over one of some tokens, through a rule, or freely.</summary>
/// <param name="Target">Where it leads.</param>
/// <param name="Tokens">The tokens it takes; none where it takes no token itself.</param>
/// <param name="Rule">The rule it goes through.</param>
/// <param name="Precedence">What the rule demands of operators in it; without a rule, what the way demands of the rule it is in.</param>
internal sealed record GrammarEdge(GrammarState Target, ulong Tokens = 0, GrammarRule? Rule = null, int Precedence = 0)
{
    public bool IsGuarded => Rule is null && Precedence > 0;
}
