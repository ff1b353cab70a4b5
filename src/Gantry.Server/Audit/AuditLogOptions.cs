namespace Gantry.Server.Audit;

/// <summary>The log file of the audit log.</summary>
public sealed record AuditLogOptions
{
    public const string Json = "json";
    public const string Legacy = "legacy";

    /// <summary>The size at which a file is put aside where none is given, megabytes.</summary>
    public const int UsualSizeMegabytes = 100;

    /// <summary>The file; <c>-</c> for standard output; empty for none.</summary>
    public string Path { get; init; } = "";

    /// <summary>How many days files that were put aside stay; 0 for ever.</summary>
    public int MaxAgeDays { get; init; }

    /// <summary>How many files that were put aside stay; 0 for all.</summary>
    public int MaxBackups { get; init; }

    /// <summary>The size at which a file is put aside; 0 for <see cref="UsualSizeMegabytes"/>.</summary>
    public int MaxSizeMegabytes { get; init; }

    /// <summary>Whether files that were put aside are compressed.</summary>
    public bool Compress { get; init; }

    public string Format { get; init; } = Json;

    public string Version { get; init; } = AuditPolicyReader.ApiVersion;

    public AuditBatchOptions Batch { get; init; } = AuditBatchOptions.OfLog;

    public AuditTruncateOptions Truncate { get; init; } = new();

    internal IEnumerable<string> Check()
    {
        if (Path.Length == 0)
        {
            yield break;
        }

        foreach (var fault in Batch.Check("log").Concat(Truncate.Check("log")).Concat(AuditVersions.Check(Version)))
        {
            yield return fault;
        }

        foreach (var (option, value) in new[] { ("maxage", MaxAgeDays), ("maxbackup", MaxBackups), ("maxsize", MaxSizeMegabytes) })
        {
            if (value < 0)
            {
                yield return $"--audit-log-{option} {value} can't be a negative number";
            }
        }

        if (Format is not (Json or Legacy))
        {
            yield return $"invalid audit log format {Format}, allowed formats are \"{Legacy},{Json}\"";
        }
    }
}
