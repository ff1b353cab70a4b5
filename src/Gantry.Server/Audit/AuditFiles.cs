using Microsoft.Extensions.Logging;

namespace Gantry.Server.Audit;

/// <summary>From options to a policy and backends.</summary>
internal static class AuditFiles
{
    private const long LargestFile = 1 << 20;

    public static AuditPolicy Policy(string path)
    {
        byte[] text;
        try
        {
            text = new FileInfo(path).Length <= LargestFile ? File.ReadAllBytes(path) : throw new IOException($"larger than {LargestFile} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"loading audit policy file: failed to read file path \"{path}\": {e.Message}", e);
        }

        try
        {
            return AuditPolicyReader.Read(text);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"loading audit policy file: {e.Message}: from file {path}", e);
        }
    }

    public static IEnumerable<(IAuditBackend Backend, bool Strict)> Backends(AuditOptions options, AuditFigures figures, Func<Random> dice, TimeProvider clock, ILogger log)
    {
        if (options.Log.Path.Length > 0)
        {
            yield return Wrap(new AuditLogBackend(options.Log, figures, clock, log), options.Log.Batch, options.Log.Truncate, ordered: true, figures, clock, log);
        }

        if (options.Webhook.ConfigFile.Length > 0)
        {
            yield return Wrap(Webhook(options.Webhook, figures, dice(), clock, log), options.Webhook.Batch, options.Webhook.Truncate, ordered: false, figures, clock, log);
        }
    }

    private static AuditWebhookBackend Webhook(AuditWebhookOptions options, AuditFigures figures, Random dice, TimeProvider clock, ILogger log)
    {
        try
        {
            return new AuditWebhookBackend(options, figures, clock, dice, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ArgumentException($"initializing audit webhook: {e.Message}", e);
        }
    }

    private static (IAuditBackend, bool) Wrap(
        IAuditBackend backend, AuditBatchOptions batch, AuditTruncateOptions truncate, bool ordered, AuditFigures figures, TimeProvider clock, ILogger log)
    {
        if (batch.Mode == AuditBatchOptions.Batch)
        {
            backend = new AuditBufferedBackend(truncate.Enabled ? new AuditTruncateBackend(backend, truncate, figures, log) : backend, batch, ordered, figures, clock, log);
        }
        else if (truncate.Enabled)
        {
            backend = new AuditTruncateBackend(backend, truncate, figures, log);
        }

        return (backend, batch.Mode == AuditBatchOptions.BlockingStrict);
    }
}
