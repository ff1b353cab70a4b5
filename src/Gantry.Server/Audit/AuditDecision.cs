namespace Gantry.Server.Audit;

/// <summary>What a policy wants of one request.</summary>
public readonly record struct AuditDecision(AuditLevel Level, AuditStages OmitStages = AuditStages.None, bool OmitManagedFields = false);
