using Gantry.Api.Trees;
using Gantry.Server.Admission.PodSecurity;

namespace Gantry.Server.Admission;

/// <summary>Reads the configuration of plugins from a file (<c>apiserver.config.k8s.io/v1 AdmissionConfiguration</c>).</summary>
internal static class AdmissionFile
{
    private const int Longest = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path; paths in it are relative to its directory.</param>
    /// <param name="faults">What is wrong with it.</param>
    /// <returns>What it says about Pod Security, the one plugin that has a configuration here.</returns>
    public static PodSecurityOptions Read(string file, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        var options = new PodSecurityOptions();
        if (Load(file, found) is not { } configuration)
        {
            return options;
        }

        if (configuration.Text("kind") != "AdmissionConfiguration" || configuration.Text("apiVersion") is not ("apiserver.config.k8s.io/v1" or "apiserver.k8s.io/v1alpha1"))
        {
            found.Add($"{file} is no AdmissionConfiguration of apiserver.config.k8s.io/v1");
            return options;
        }

        foreach (var plugin in configuration.Maps("plugins"))
        {
            var name = plugin.Text("name") ?? "";
            var path = plugin.Text("path") ?? "";
            var own = plugin.Map("configuration") ?? (path.Length > 0 ? Load(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path), found) : null);
            if (name != "PodSecurity")
            {
                found.Add($"the configuration of plugin \"{name}\" is not known");
            }
            else if (own is not null)
            {
                options = PodSecurity(own, found);
            }
        }

        return options;
    }

    private static PodSecurityOptions PodSecurity(TreeMap configuration, List<string> faults)
    {
        if (configuration.Text("kind") != "PodSecurityConfiguration"
            || configuration.Text("apiVersion") is not ("pod-security.admission.config.k8s.io/v1" or "pod-security.admission.config.k8s.io/v1beta1"))
        {
            faults.Add("the configuration of plugin \"PodSecurity\" is no PodSecurityConfiguration of pod-security.admission.config.k8s.io/v1");
        }

        // The defaults say the same as labels of namespaces would, by the same names.
        var stated = (configuration.Map("defaults") ?? new TreeMap()).Where(d => d.Value is TreeString { Value.Length: > 0 })
            .ToDictionary(d => SecurityPolicy.LabelPrefix + d.Key, d => ((TreeString)d.Value).Value, StringComparer.Ordinal);
        var defaults = SecurityPolicy.Of(stated, SecurityPolicy.Everything, out var wrong);
        faults.AddRange(wrong.Select(w => w.ToString().Replace("metadata.labels[" + SecurityPolicy.LabelPrefix, "defaults[", StringComparison.Ordinal)));
        if (!stated.ContainsKey(SecurityPolicy.LabelPrefix + "warn"))
        {
            defaults = defaults with { Warn = defaults.Warn with { Level = SecurityLevel.Privileged } };
        }

        var exemptions = configuration.Map("exemptions") ?? new TreeMap();
        IReadOnlyList<string> Texts(string key) => [.. (exemptions.List(key) ?? []).OfType<TreeString>().Select(t => t.Value)];
        return new PodSecurityOptions
        {
            Defaults = defaults, ExemptUsers = Texts("usernames"), ExemptNamespaces = Texts("namespaces"), ExemptRuntimeClasses = Texts("runtimeClasses"),
        };
    }

    private static TreeMap? Load(string file, List<string> faults)
    {
        try
        {
            if (new FileInfo(file).Length <= Longest && TreeYaml.Parse(File.ReadAllText(file)) is TreeMap map)
            {
                return map;
            }

            faults.Add($"{file} holds no configuration");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TreeException)
        {
            faults.Add($"{file} cannot be read: {e.Message}");
        }

        return null;
    }
}
