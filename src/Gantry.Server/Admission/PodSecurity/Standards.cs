using Gantry.Api.Models;

namespace Gantry.Server.Admission.PodSecurity;

/// <summary>The Pod Security Standards: which controls count at which level in which version, in the order in which violations are told; pure.</summary>
public static class Standards
{
    /// <summary>The newest version with controls of its own; what names a later one gets this.</summary>
    public const int Newest = 32;

    // Sorted by the names of the controls, which are Kubernetes' own; the restricted ones come after the baseline.
    private static readonly Control[] Controls =
    [
        new("appArmorProfile", SecurityLevel.Baseline, "", [(0, BaselineControls.AppArmor)]),
        new("capabilities_baseline", SecurityLevel.Baseline, "", [(0, BaselineControls.AddedCapabilities)]),
        new("hostNamespaces", SecurityLevel.Baseline, "", [(0, BaselineControls.HostNamespaces)]),
        new("hostPathVolumes", SecurityLevel.Baseline, "", [(0, BaselineControls.HostPaths)]),
        new("hostPorts", SecurityLevel.Baseline, "", [(0, BaselineControls.HostPorts)]),
        new("privileged", SecurityLevel.Baseline, "", [(0, BaselineControls.Privileged)]),
        new("procMount", SecurityLevel.Baseline, "", [(0, BaselineControls.ProcMount)]),
        new("seLinuxOptions", SecurityLevel.Baseline, "", [(0, BaselineControls.SeLinux), (31, BaselineControls.SeLinuxSince31)]),
        new("seccompProfile_baseline", SecurityLevel.Baseline, "", [(0, BaselineControls.SeccompAnnotations), (19, BaselineControls.Seccomp)]),
        new("sysctls", SecurityLevel.Baseline, "",
            [(0, BaselineControls.Sysctls), (27, BaselineControls.Sysctls27), (29, BaselineControls.Sysctls29), (32, BaselineControls.Sysctls32)]),
        new("windowsHostProcess", SecurityLevel.Baseline, "", [(0, BaselineControls.HostProcess)]),
        new("allowPrivilegeEscalation", SecurityLevel.Restricted, "",
            [(8, RestrictedControls.PrivilegeEscalation), (25, RestrictedControls.NotOnWindows(RestrictedControls.PrivilegeEscalation))]),
        new("capabilities_restricted", SecurityLevel.Restricted, "capabilities_baseline",
            [(22, RestrictedControls.DroppedCapabilities), (25, RestrictedControls.NotOnWindows(RestrictedControls.DroppedCapabilities))]),
        new("restrictedVolumes", SecurityLevel.Restricted, "hostPathVolumes", [(0, RestrictedControls.VolumeTypes)]),
        new("runAsNonRoot", SecurityLevel.Restricted, "", [(0, RestrictedControls.NonRoot)]),
        new("runAsUser", SecurityLevel.Restricted, "", [(23, RestrictedControls.User)]),
        new("seccompProfile_restricted", SecurityLevel.Restricted, "seccompProfile_baseline",
            [(19, RestrictedControls.Seccomp), (25, RestrictedControls.NotOnWindows(RestrictedControls.Seccomp))]),
    ];

    private static readonly Func<PodFacts, Violation?>[][] Baseline = [.. Enumerable.Range(0, Newest + 1).Select(v => Of(SecurityLevel.Baseline, v))];
    private static readonly Func<PodFacts, Violation?>[][] Restricted = [.. Enumerable.Range(0, Newest + 1).Select(v => Of(SecurityLevel.Restricted, v))];

    /// <summary>What a pod breaks of a standard; empty for nothing.</summary>
    /// <param name="standard">The standard.</param>
    /// <param name="metadata">The pod's metadata, or that of a template.</param>
    /// <param name="spec">Its spec.</param>
    public static IReadOnlyList<Violation> Check(SecurityStandard standard, V1ObjectMeta metadata, V1PodSpec spec)
    {
        if (standard.Allows)
        {
            return [];
        }

        var controls = (standard.Level == SecurityLevel.Baseline ? Baseline : Restricted)[Math.Min(standard.Version.Minor, Newest)];
        var pod = new PodFacts(metadata, spec);
        var violations = new List<Violation>();
        foreach (var control in controls)
        {
            if (control(pod) is { } violation)
            {
                violations.Add(violation);
            }
        }

        return violations;
    }

    private static Func<PodFacts, Violation?>[] Of(SecurityLevel level, int version)
    {
        var counting = Controls.Where(c => c.Level <= level && c.Versions[0].Since <= version).ToList();
        // A restricted control says all that the baseline one of the same field would.
        return [.. counting.Where(c => !counting.Exists(o => o.Replaces == c.Name)).Select(c => c.Versions.Last(v => v.Since <= version).Check)];
    }

    private sealed record Control(string Name, SecurityLevel Level, string Replaces, (int Since, Func<PodFacts, Violation?> Check)[] Versions);
}
