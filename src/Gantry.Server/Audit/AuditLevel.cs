namespace Gantry.Server.Audit;

/// <summary>How much of a request the audit log shows, as in a policy of <c>audit.k8s.io/v1</c>; each level holds what those before it hold.</summary>
public enum AuditLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Who, what, when and with what outcome, and annotations.</summary>
    Metadata,

    /// <summary>Also the object that was sent.</summary>
    Request,

    /// <summary>Also the object that was answered.</summary>
    RequestResponse,
}
