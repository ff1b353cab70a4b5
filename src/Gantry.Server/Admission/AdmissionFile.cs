using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.PodSecurity;

namespace Gantry.Server.Admission;

/// <summary>Reads the configuration of plugins from a file (<c>apiserver.config.k8s.io/v1 AdmissionConfiguration</c>).</summary>
internal static class AdmissionFile
{
    private const int Longest = 1 << 20;

    private static readonly string[] QuotaVersions = ["apiserver.config.k8s.io/v1", "resourcequota.admission.k8s.io/v1beta1", "resourcequota.admission.k8s.io/v1alpha1"];

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path; paths in it are relative to its directory.</param>
    /// <param name="faults">What is wrong with it.</param>
    /// <returns>What it says about the plugins that have a configuration here: Pod Security, quotas and node selectors of namespaces.</returns>
    public static (PodSecurityOptions Security, IReadOnlyList<LimitedResource> Limited, IReadOnlyDictionary<string, string> NodeSelectors) Read(
        string file, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        var (security, limited, selectors) = (new PodSecurityOptions(), (IReadOnlyList<LimitedResource>)[], new Dictionary<string, string>(StringComparer.Ordinal));
        if (Load(file, found) is not { } configuration)
        {
            return (security, limited, selectors);
        }

        if (configuration.Text("kind") != "AdmissionConfiguration" || configuration.Text("apiVersion") is not ("apiserver.config.k8s.io/v1" or "apiserver.k8s.io/v1alpha1"))
        {
            found.Add($"{file} is no AdmissionConfiguration of apiserver.config.k8s.io/v1");
            return (security, limited, selectors);
        }

        foreach (var plugin in configuration.Maps("plugins"))
        {
            var name = plugin.Text("name") ?? "";
            var path = plugin.Text("path") ?? "";
            var own = plugin.Map("configuration") ?? (path.Length > 0 ? Load(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path), found) : null);
            switch (name)
            {
                case "PodSecurity":
                    security = own is null ? security : PodSecurity(own, found);
                    break;
                case "ResourceQuota":
                    limited = own is null ? limited : Quotas(own, found);
                    break;
                case "PodNodeSelector":
                    selectors = own is null ? selectors : Selectors(own, found);
                    break;
                default:
                    found.Add($"the configuration of plugin \"{name}\" is not known");
                    break;
            }
        }

        return (security, limited, selectors);
    }

    private static List<LimitedResource> Quotas(TreeMap configuration, List<string> faults)
    {
        var version = configuration.Text("apiVersion");
        if (configuration.Text("kind") != (version == QuotaVersions[0] ? "ResourceQuotaConfiguration" : "Configuration") || !QuotaVersions.Contains(version, StringComparer.Ordinal))
        {
            faults.Add("the configuration of plugin \"ResourceQuota\" is no ResourceQuotaConfiguration of apiserver.config.k8s.io/v1");
            return [];
        }

        var limited = new List<LimitedResource>();
        foreach (var (entry, index) in configuration.Maps("limitedResources").Select((e, i) => (e, i)))
        {
            var resource = entry.Text("resource") ?? "";
            if (resource.Length == 0)
            {
                faults.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"limitedResources[{index}].resource: Required value"));
            }

            limited.Add(new LimitedResource(entry.Text("apiGroup") ?? "", resource, Texts(entry, "matchContains"), [.. entry.Maps("matchScopes").Select(Scope)]));
        }

        return limited;
    }

    // The only configuration that has no kind.
    private static Dictionary<string, string> Selectors(TreeMap configuration, List<string> faults)
    {
        var selectors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, selector) in configuration.Map("podNodeSelectorPluginConfig") ?? new TreeMap())
        {
            if (selector is TreeString text)
            {
                selectors[name] = text.Value;
            }
            else if (selector is not TreeNull)
            {
                faults.Add($"podNodeSelectorPluginConfig[{name}]: Invalid value: must be a string");
            }
        }

        return selectors;
    }

    private static V1ScopedResourceSelectorRequirement Scope(TreeMap scope) =>
        new() { ScopeName = scope.Text("scopeName") ?? "", Operator = scope.Text("operator") ?? "", Values = Texts(scope, "values") };

    private static List<string> Texts(TreeMap map, string key) => [.. (map.List(key) ?? []).OfType<TreeString>().Select(t => t.Value)];

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
        return new PodSecurityOptions
        {
            Defaults = defaults, ExemptUsers = Texts(exemptions, "usernames"), ExemptNamespaces = Texts(exemptions, "namespaces"), ExemptRuntimeClasses = Texts(exemptions, "runtimeClasses"),
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
