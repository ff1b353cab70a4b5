using System.CommandLine;
using System.Globalization;
using Gantry.Api;
using Gantry.Server.Audit;

namespace Gantry.Cli.Commands;

/// <summary>The options of the audit log, called as kube-apiserver calls them. Those that only tune it are not shown by <c>--help</c>.</summary>
public sealed class AuditSyntax
{
    public Option<string?> PolicyFile { get; } = new("--audit-policy-file")
    {
        Description = "A file with an audit Policy: which requests are recorded, and how far. Without it nothing is.", HelpName = "FILE",
    };

    public Option<string?> LogPath { get; } = new("--audit-log-path") { Description = "Where events are written; '-' means standard output.", HelpName = "FILE" };

    public Option<int> LogMaxAge { get; } = new("--audit-log-maxage") { Description = "How many days files that were put aside are kept; 0 for ever.", HelpName = "DAYS" };

    public Option<int> LogMaxBackup { get; } = new("--audit-log-maxbackup") { Description = "How many files that were put aside are kept; 0 for all.", HelpName = "N" };

    public Option<int> LogMaxSize { get; } = new("--audit-log-maxsize") { Description = "The size at which the file is put aside; 0 means 100.", HelpName = "MB" };

    public Option<bool> LogCompress { get; } = new("--audit-log-compress") { Description = "Compress files that are put aside." };

    public Option<string> LogFormat { get; } = new("--audit-log-format")
    {
        Description = "json, or legacy for one line of text an event.", HelpName = "FORMAT", DefaultValueFactory = _ => AuditLogOptions.Json,
    };

    public Option<string?> WebhookConfig { get; } = new("--audit-webhook-config-file")
    {
        Description = "A kubeconfig file of the server that gets events.", HelpName = "FILE",
    };

    public Option<TimeSpan> WebhookBackoff { get; } = Duration("--audit-webhook-initial-backoff", TimeSpan.FromSeconds(10));

    public BatchSyntax Log { get; } = new("log", AuditBatchOptions.OfLog);

    public BatchSyntax Webhook { get; } = new("webhook", AuditBatchOptions.OfWebhook);

    public IEnumerable<Option> All =>
        [PolicyFile, LogPath, LogMaxAge, LogMaxBackup, LogMaxSize, LogCompress, LogFormat, WebhookConfig, WebhookBackoff, .. Log.All, .. Webhook.All];

    public AuditOptions Read(ParseResult parsed) => new()
    {
        PolicyFile = parsed.GetValue(PolicyFile) ?? "",
        Log = new AuditLogOptions
        {
            Path = parsed.GetValue(LogPath) ?? "",
            MaxAgeDays = parsed.GetValue(LogMaxAge),
            MaxBackups = parsed.GetValue(LogMaxBackup),
            MaxSizeMegabytes = parsed.GetValue(LogMaxSize),
            Compress = parsed.GetValue(LogCompress),
            Format = parsed.GetValue(LogFormat)!,
            Version = parsed.GetValue(Log.Version)!,
            Batch = Log.Batch(parsed),
            Truncate = Log.Truncate(parsed),
        },
        Webhook = new AuditWebhookOptions
        {
            ConfigFile = parsed.GetValue(WebhookConfig) ?? "",
            InitialBackoff = parsed.GetValue(WebhookBackoff),
            Version = parsed.GetValue(Webhook.Version)!,
            Batch = Webhook.Batch(parsed),
            Truncate = Webhook.Truncate(parsed),
        },
    };

    /// <summary>The words that give another process the same options.</summary>
    public static IEnumerable<string> Words(AuditOptions options)
    {
        if (!options.HasBackend)
        {
            return [];
        }

        var (log, hook) = (options.Log, options.Webhook);
        return
        [
            .. options.PolicyFile.Length > 0 ? ["--audit-policy-file", Path.GetFullPath(options.PolicyFile)] : Array.Empty<string>(),
            .. log.Path.Length > 0
                ?
                [
                    "--audit-log-path", log.Path == "-" ? log.Path : Path.GetFullPath(log.Path), "--audit-log-format", log.Format,
                    "--audit-log-maxage", Text(log.MaxAgeDays), "--audit-log-maxbackup", Text(log.MaxBackups), "--audit-log-maxsize", Text(log.MaxSizeMegabytes),
                    .. log.Compress ? ["--audit-log-compress"] : Array.Empty<string>(), .. BatchSyntax.Words("log", log.Batch, log.Truncate),
                ]
                : Array.Empty<string>(),
            .. hook.ConfigFile.Length > 0
                ?
                [
                    "--audit-webhook-config-file", Path.GetFullPath(hook.ConfigFile), "--audit-webhook-initial-backoff", Text(hook.InitialBackoff),
                    .. BatchSyntax.Words("webhook", hook.Batch, hook.Truncate),
                ]
                : Array.Empty<string>(),
        ];
    }

    private static Option<TimeSpan> Duration(string name, TimeSpan usual)
    {
        var option = SharedOptions.Duration(name, "A duration such as 30s.", usual);
        option.Hidden = true;
        return option;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");

    /// <summary>How one backend collects, limits and cuts events.</summary>
    public sealed class BatchSyntax(string plugin, AuditBatchOptions usual)
    {
        public Option<string> Mode { get; } = new($"--audit-{plugin}-mode")
        {
            Description = "batch, blocking or blocking-strict.", Hidden = true, DefaultValueFactory = _ => usual.Mode,
        };

        public Option<int> BufferSize { get; } = Number($"--audit-{plugin}-batch-buffer-size", usual.BufferSize);

        public Option<int> MaxSize { get; } = Number($"--audit-{plugin}-batch-max-size", usual.MaxSize);

        public Option<TimeSpan> MaxWait { get; } = Duration($"--audit-{plugin}-batch-max-wait", usual.MaxWait);

        public Option<bool> Throttle { get; } = new($"--audit-{plugin}-batch-throttle-enable") { Description = "Limit batches a second.", Hidden = true, DefaultValueFactory = _ => usual.Throttle };

        public Option<double> Qps { get; } = new($"--audit-{plugin}-batch-throttle-qps") { Description = "Batches a second.", Hidden = true, DefaultValueFactory = _ => usual.ThrottleQps };

        public Option<int> Burst { get; } = Number($"--audit-{plugin}-batch-throttle-burst", usual.ThrottleBurst);

        public Option<bool> TruncateEnabled { get; } = new($"--audit-{plugin}-truncate-enabled") { Description = "Cut large events.", Hidden = true };

        public Option<int> TruncateBatch { get; } = Number($"--audit-{plugin}-truncate-max-batch-size", 10 * 1024 * 1024);

        public Option<int> TruncateEvent { get; } = Number($"--audit-{plugin}-truncate-max-event-size", 100 * 1024);

        public Option<string> Version { get; } = new($"--audit-{plugin}-version") { Description = "The version of events.", Hidden = true, DefaultValueFactory = _ => AuditPolicyReader.ApiVersion };

        public IEnumerable<Option> All => [Mode, BufferSize, MaxSize, MaxWait, Throttle, Qps, Burst, TruncateEnabled, TruncateBatch, TruncateEvent, Version];

        public AuditBatchOptions Batch(ParseResult parsed) => new()
        {
            Mode = parsed.GetValue(Mode)!,
            BufferSize = parsed.GetValue(BufferSize),
            MaxSize = parsed.GetValue(MaxSize),
            MaxWait = parsed.GetValue(MaxWait),
            Throttle = parsed.GetValue(Throttle),
            ThrottleQps = parsed.GetValue(Qps),
            ThrottleBurst = parsed.GetValue(Burst),
        };

        public AuditTruncateOptions Truncate(ParseResult parsed) => new()
        {
            Enabled = parsed.GetValue(TruncateEnabled), MaxBatchSize = parsed.GetValue(TruncateBatch), MaxEventSize = parsed.GetValue(TruncateEvent),
        };

        public static IEnumerable<string> Words(string plugin, AuditBatchOptions batch, AuditTruncateOptions truncate) =>
        [
            $"--audit-{plugin}-mode", batch.Mode, $"--audit-{plugin}-batch-buffer-size", Text(batch.BufferSize), $"--audit-{plugin}-batch-max-size", Text(batch.MaxSize),
            $"--audit-{plugin}-batch-max-wait", Text(batch.MaxWait), $"--audit-{plugin}-batch-throttle-enable", batch.Throttle ? "true" : "false",
            $"--audit-{plugin}-batch-throttle-qps", batch.ThrottleQps.ToString(CultureInfo.InvariantCulture), $"--audit-{plugin}-batch-throttle-burst", Text(batch.ThrottleBurst),
            $"--audit-{plugin}-truncate-enabled", truncate.Enabled ? "true" : "false", $"--audit-{plugin}-truncate-max-batch-size", Text((int)truncate.MaxBatchSize),
            $"--audit-{plugin}-truncate-max-event-size", Text((int)truncate.MaxEventSize),
        ];

        private static Option<int> Number(string name, int usual) => new(name) { Description = "A number.", Hidden = true, HelpName = "N", DefaultValueFactory = _ => usual };
    }
}
