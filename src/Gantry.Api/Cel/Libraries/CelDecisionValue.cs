namespace Gantry.Api.Cel.Libraries;

/// <summary>What an authorizer said, as a value.</summary>
internal sealed class CelDecisionValue(CelDecision decision) : CelObject
{
    public static CelType DecisionType { get; } = CelAuthorizer.Named("Decision");

    public CelDecision Decision { get; } = decision;

    public override CelType Type => DecisionType;

    public override bool Same(CelObject other) => other is CelDecisionValue value && value.Decision == Decision;
}
