namespace Gantry.Server.Audit;

/// <summary>
/// What the audit log will say of one request, collected while it is handled. Requests that are not audited have none, so whoever has
/// something to say writes <c>request.Audit?.Annotate(…)</c> and pays nothing otherwise. Safe for webhooks that answer at the same time.
/// </summary>
public sealed class AuditContext
{
    private readonly Lock _lock = new();
    private SortedDictionary<string, string>? _annotations;

    /// <param name="level">What the policy wants of this request.</param>
    public AuditContext(AuditLevel level)
    {
        Level = level;
    }

    public AuditLevel Level { get; }

    /// <summary>A copy, in order of the keys.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations
    {
        get
        {
            lock (_lock)
            {
                return [.. _annotations ?? []];
            }
        }
    }

    /// <summary>Whether an annotation of that level would be shown: asked before one is made that costs something.</summary>
    public bool Shows(AuditLevel level) => Level >= level && Level != AuditLevel.None;

    /// <summary>Adds an annotation, such as <c>pod-security.kubernetes.io/audit-violations</c>. As in Kubernetes the first value of a key stays.</summary>
    /// <param name="key">A name below a domain of the one who annotates.</param>
    /// <param name="value">Any text.</param>
    /// <param name="level">The least level of the policy at which it is shown.</param>
    /// <returns>False when the key has a value already, or the request's level is lower.</returns>
    public bool Annotate(string key, string value, AuditLevel level = AuditLevel.Metadata)
    {
        if (!Shows(level))
        {
            return false;
        }

        lock (_lock)
        {
            return (_annotations ??= new SortedDictionary<string, string>(StringComparer.Ordinal)).TryAdd(key, value);
        }
    }
}
