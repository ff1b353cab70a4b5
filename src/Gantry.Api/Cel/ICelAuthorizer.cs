namespace Gantry.Api.Cel;

/// <summary>Answers the questions of <c>authorizer...check(verb)</c>.</summary>
public interface ICelAuthorizer
{
    CelDecision Decide(CelAuthorizationQuestion question);
}
