using Gantry.Server.Pipeline;

namespace Gantry.Server.Audit;

/// <summary>Which requests are audited and how far; the first rule that matches decides, and what none matches is not audited.</summary>
public sealed record AuditPolicy(IReadOnlyList<AuditRule> Rules)
{
    public AuditDecision Evaluate(AuthorizationAttributes asked)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(asked))
            {
                return rule.Decision;
            }
        }

        return new AuditDecision(AuditLevel.None);
    }
}
