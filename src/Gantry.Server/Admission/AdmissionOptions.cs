using Gantry.Server.Admission.PodSecurity;

namespace Gantry.Server.Admission;

/// <summary>Which admission plugins run, and what some of them are told.</summary>
public sealed record AdmissionOptions
{
    /// <summary>Plugins to run that do not run by default, by Kubernetes' names.</summary>
    public IReadOnlyList<string> Enabled { get; init; } = [];

    /// <summary>Plugins not to run that run by default.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>What counts for Pod Security where <see cref="ConfigFile"/> names no file.</summary>
    public PodSecurityOptions PodSecurity { get; init; } = new();

    /// <summary>A file with an AdmissionConfiguration; empty for none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>What counts for Pod Security.</summary>
    internal PodSecurityOptions ReadPodSecurity() => ConfigFile.Length == 0 ? PodSecurity : AdmissionFile.Read(ConfigFile, out _).Security;

    /// <summary>What nobody may have without a quota.</summary>
    internal IReadOnlyList<LimitedResource> ReadLimited() => ConfigFile.Length == 0 ? [] : AdmissionFile.Read(ConfigFile, out _).Limited;

    /// <summary>What pods of namespaces may select, and what they select by default.</summary>
    internal IReadOnlyDictionary<string, string> ReadNodeSelectors() =>
        ConfigFile.Length == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) : AdmissionFile.Read(ConfigFile, out _).NodeSelectors;

    /// <summary>Every fault, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        foreach (var (option, names) in new[] { ("enable-admission-plugins", Enabled), ("disable-admission-plugins", Disabled) })
        {
            foreach (var name in names.Where(n => !AdmissionPlugins.Names.Contains(n)))
            {
                yield return (option, $"plugin \"{name}\" is unknown");
            }
        }

        foreach (var name in Enabled.Intersect(Disabled, StringComparer.Ordinal))
        {
            yield return ("enable-admission-plugins", $"{name} in enable-admission-plugins and disable-admission-plugins overlapped");
        }

        if (ConfigFile.Length > 0)
        {
            _ = AdmissionFile.Read(ConfigFile, out var faults);
            foreach (var fault in faults)
            {
                yield return ("admission-control-config-file", fault);
            }
        }
    }
}
