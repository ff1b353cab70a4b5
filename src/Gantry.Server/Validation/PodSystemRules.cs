using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What a pod's operating system allows, and what processes outside of containers' walls need.</summary>
internal static class PodSystemRules
{
    private const string NotOnWindows = "cannot be set for a windows pod";

    public static void OperatingSystem(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        switch (spec.Os?.Name)
        {
            case null:
                break;
            case "":
                errors.Required(at.Child("os").Child("name"), "cannot be empty");
                break;
            case "linux":
                Linux(errors, spec, at);
                break;
            case "windows":
                Windows(errors, spec, at);
                break;
            default:
                errors.OneOf(at.Child("os"), spec.Os.Name, "linux", "windows");
                break;
        }
    }

    private static void Linux(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        if (spec.SecurityContext?.WindowsOptions is not null)
        {
            errors.Forbidden(at.Child("securityContext").Child("windowsOptions"), "windows options cannot be set for a linux pod");
        }

        foreach (var (_, security, path) in PodParts.Containers(spec, at))
        {
            if (security?.WindowsOptions is not null)
            {
                errors.Forbidden(path.Child("securityContext").Child("windowsOptions"), "windows options cannot be set for a linux pod");
            }
        }
    }

    private static void Windows(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        var (s, context) = (spec.SecurityContext, at.Child("securityContext"));
        Unset(errors, context, ("appArmorProfile", s?.AppArmorProfile is not null), ("seLinuxOptions", s?.SeLinuxOptions is not null));
        Unset(errors, at, ("hostUsers", spec.HostUsers is not null), ("hostPID", spec.HostPID), ("hostIPC", spec.HostIPC));
        Unset(
            errors, context, ("seccompProfile", s?.SeccompProfile is not null), ("fsGroup", s?.FsGroup is not null), ("fsGroupChangePolicy", s?.FsGroupChangePolicy is not null),
            ("sysctls", s?.Sysctls.Count > 0));
        Unset(errors, at, ("shareProcessNamespace", spec.ShareProcessNamespace is not null));
        Unset(
            errors, context, ("runAsUser", s?.RunAsUser is not null), ("runAsGroup", s?.RunAsGroup is not null), ("supplementalGroups", s?.SupplementalGroups.Count > 0),
            ("supplementalGroupsPolicy", s?.SupplementalGroupsPolicy is not null));

        foreach (var (_, security, path) in PodParts.Containers(spec, at))
        {
            if (security is { } c)
            {
                Unset(
                    errors, path.Child("securityContext"), ("appArmorProfile", c.AppArmorProfile is not null), ("seLinuxOptions", c.SeLinuxOptions is not null),
                    ("seccompProfile", c.SeccompProfile is not null), ("capabilities", c.Capabilities is not null), ("readOnlyRootFilesystem", c.ReadOnlyRootFilesystem is not null),
                    ("privileged", c.Privileged is not null), ("allowPrivilegeEscalation", c.AllowPrivilegeEscalation is not null), ("procMount", c.ProcMount is not null),
                    ("runAsUser", c.RunAsUser is not null), ("runAsGroup", c.RunAsGroup is not null));
            }
        }
    }

    private static void Unset(FieldErrors errors, FieldPath at, params ReadOnlySpan<(string Name, bool Set)> fields)
    {
        foreach (var (name, set) in fields)
        {
            if (set)
            {
                errors.Forbidden(at.Child(name), NotOnWindows);
            }
        }
    }

    /// <summary>Windows containers that run on the host: all of a pod's or none, and with the host's network.</summary>
    public static void HostProcess(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        var pod = spec.SecurityContext?.WindowsOptions?.HostProcess;
        var (all, onHost) = (0, 0);
        foreach (var (_, security, path) in PodParts.Containers(spec, at))
        {
            all++;
            var own = security?.WindowsOptions?.HostProcess;
            if (pod is { } wanted && own is { } other && wanted != other)
            {
                errors.Invalid(
                    path.Child("securityContext").Child("windowsOptions").Child("hostProcess"), other, "pod hostProcess value must be identical if both are specified, was " + (wanted ? "true" : "false"));
            }

            onHost += (own ?? pod) == true ? 1 : 0;
        }

        if (onHost == 0)
        {
            return;
        }

        if (onHost != all)
        {
            errors.Invalid(at, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers");
        }

        if (!spec.HostNetwork)
        {
            errors.Invalid(at.Child("hostNetwork"), false, "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }

    /// <summary>Who has users of their own shares no other namespace with the host.</summary>
    public static void HostUsers(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        if (spec.HostUsers != false)
        {
            return;
        }

        foreach (var (name, shared) in (ReadOnlySpan<(string, bool)>)[("hostNetwork", spec.HostNetwork), ("HostPID", spec.HostPID), ("HostIPC", spec.HostIPC)])
        {
            if (shared)
            {
                errors.Forbidden(at.Child(name), "when `pod.Spec.HostUsers` is false");
            }
        }
    }
}
