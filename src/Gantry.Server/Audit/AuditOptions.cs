namespace Gantry.Server.Audit;

/// <summary>Whether requests are audited, and where events go. Without a policy nothing is.</summary>
public sealed record AuditOptions
{
    /// <summary>A file with a Policy of <c>audit.k8s.io/v1</c>; empty for none.</summary>
    public string PolicyFile { get; init; } = "";

    public AuditLogOptions Log { get; init; } = new();

    public AuditWebhookOptions Webhook { get; init; } = new();

    public bool HasBackend => Log.Path.Length > 0 || Webhook.ConfigFile.Length > 0;

    public IEnumerable<(string Option, string Fault)> Check() =>
        Log.Check().Concat(Webhook.Check()).Select(f => ("audit", f));
}
