using Gantry.Server.Statuses;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>What a namespace demands of its pods: what is refused, what is audited, what is warned about.</summary>
/// <param name="Enforce">What pods that break it are refused by.</param>
/// <param name="Audit">What is noted in the audit log.</param>
/// <param name="Warn">What the writer is told of.</param>
public sealed record SecurityPolicy(SecurityStandard Enforce, SecurityStandard Audit, SecurityStandard Warn)
{
    public const string LabelPrefix = "pod-security.kubernetes.io/";

    public static SecurityPolicy Everything { get; } = new(SecurityStandard.Everything, SecurityStandard.Everything, SecurityStandard.Everything);

    public bool AllowsEverything => Enforce.Allows && Audit.Allows && Warn.Allows;

    /// <summary>Reads the labels of a namespace.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="defaults">What counts where a label is missing.</param>
    /// <param name="faults">What is wrong with the labels: a wrong level of enforcement counts as restricted, other wrong levels as none.</param>
    public static SecurityPolicy Of(IReadOnlyDictionary<string, string> labels, SecurityPolicy defaults, out IReadOnlyList<FieldError> faults)
    {
        faults = [];
        if (!HasLabels(labels))
        {
            return defaults;
        }

        var found = new List<FieldError>();
        var enforce = Read(labels, "enforce", defaults.Enforce, SecurityLevel.Restricted, found, out var stated);
        var audit = Read(labels, "audit", defaults.Audit, SecurityLevel.Privileged, found, out _);
        var warn = Read(labels, "warn", defaults.Warn, SecurityLevel.Privileged, found, out _);
        // Who enforces is warned of the same, unless told otherwise: workloads are never refused, so this is where their authors learn of it.
        if (stated && !labels.ContainsKey(LabelPrefix + "warn") && enforce.Level > warn.Level)
        {
            warn = warn with { Level = enforce.Level };
            if (!labels.ContainsKey(LabelPrefix + "warn-version"))
            {
                warn = warn with { Version = enforce.Version };
            }
        }

        faults = found;
        return new SecurityPolicy(enforce, audit, warn);
    }

    /// <summary>The modes that the labels state and that are not privileged: <c>enforce=baseline:latest, warn=restricted:v1.30</c>.</summary>
    public string Stated(IReadOnlyDictionary<string, string> labels)
    {
        bool States(string mode, SecurityStandard standard) =>
            !standard.Allows && (labels.ContainsKey(LabelPrefix + mode) || labels.ContainsKey(LabelPrefix + mode + "-version"));
        return string.Join(", ", new[] { ("enforce", Enforce), ("audit", Audit), ("warn", Warn) }.Where(m => States(m.Item1, m.Item2)).Select(m => $"{m.Item1}={m.Item2}"));
    }

    private static bool HasLabels(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, _) in labels)
        {
            if (key.StartsWith(LabelPrefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static SecurityStandard Read(
        IReadOnlyDictionary<string, string> labels, string mode, SecurityStandard standard, SecurityLevel instead, List<FieldError> faults, out bool stated)
    {
        stated = false;
        if (labels.TryGetValue(LabelPrefix + mode, out var level))
        {
            stated = level is "privileged" or "baseline" or "restricted";
            standard = standard with
            {
                Level = level switch
                {
                    "privileged" => SecurityLevel.Privileged,
                    "baseline" => SecurityLevel.Baseline,
                    "restricted" => SecurityLevel.Restricted,
                    _ => instead,
                },
            };
            if (!stated)
            {
                faults.Add(FieldError.Invalid($"metadata.labels[{LabelPrefix}{mode}]", level, "must be one of privileged, baseline, restricted"));
            }
        }

        if (labels.TryGetValue($"{LabelPrefix}{mode}-version", out var text))
        {
            if (!StandardVersion.TryParse(text, out var version))
            {
                faults.Add(FieldError.Invalid($"metadata.labels[{LabelPrefix}{mode}-version]", text, "must be \"latest\" or \"v1.x\""));
            }

            standard = standard with { Version = version };
        }

        return standard;
    }
}
