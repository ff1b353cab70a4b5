namespace Gantry.Server.Audit;

/// <summary>The server that gets events by HTTP.</summary>
public sealed record AuditWebhookOptions
{
    /// <summary>A kubeconfig file that says where it is; empty for none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>The pause before the second try.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(10);

    public string Version { get; init; } = AuditPolicyReader.ApiVersion;

    public AuditBatchOptions Batch { get; init; } = AuditBatchOptions.OfWebhook;

    public AuditTruncateOptions Truncate { get; init; } = new();

    internal IEnumerable<string> Check() => ConfigFile.Length == 0 ? [] : Batch.Check("webhook").Concat(Truncate.Check("webhook")).Concat(AuditVersions.Check(Version));
}
