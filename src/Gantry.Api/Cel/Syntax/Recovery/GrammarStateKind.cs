namespace Gantry.Api.Cel.Syntax.Recovery;

/// <summary>What a place in a rule is, which decides what is done about a token that cannot stand there.</summary>
internal enum GrammarStateKind
{
    Plain,
    /// <summary>Before a choice, or before a loop.</summary>
    Choice,
    /// <summary>Between two turns of a loop.</summary>
    LoopBack,
    RuleEnd,
}
