namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>A rule of the grammar.</summary>
internal sealed class GrammarRule
{
    public GrammarState Start { get; } = new(GrammarStateKind.Plain);

    public GrammarState End { get; } = new(GrammarStateKind.RuleEnd);

    public GrammarPart Body { get; private set; } = null!;

    public void Define(GrammarPart body)
    {
        Body = body;
        body.Link(Start, End);
    }
}
