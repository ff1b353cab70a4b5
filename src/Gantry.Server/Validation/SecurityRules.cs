using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Security contexts of pods and containers.</summary>
public static class SecurityRules
{
    public static void Container(FieldErrors errors, V1SecurityContext? s, FieldPath at)
    {
        if (s is null)
        {
            return;
        }

        Id(errors, s.RunAsUser, at.Child("runAsUser"));
        Id(errors, s.RunAsGroup, at.Child("runAsGroup"));
        if (s.ProcMount is { } proc)
        {
            errors.OneOf(at.Child("procMount"), proc, "Default", "Unmasked");
        }

        Seccomp(errors, s.SeccompProfile, at.Child("seccompProfile"));
        AppArmor(errors, s.AppArmorProfile, at.Child("appArmorProfile"));
        if (s.AllowPrivilegeEscalation == false)
        {
            if (s.Privileged == true)
            {
                errors.InvalidDump(at, GoDump.Of(s), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }

            if (s.Capabilities is { } caps && caps.Add.Contains("CAP_SYS_ADMIN"))
            {
                errors.InvalidDump(at, GoDump.Of(s), "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
    }

    public static void Pod(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        if (spec.HostPID && spec.ShareProcessNamespace == true)
        {
            errors.Invalid(at.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        if (spec.SecurityContext is not { } s)
        {
            return;
        }

        Id(errors, s.RunAsUser, at.Child("runAsUser"));
        Id(errors, s.RunAsGroup, at.Child("runAsGroup"));
        Id(errors, s.FsGroup, at.Child("fsGroup"));
        for (var i = 0; i < s.SupplementalGroups.Count; i++)
        {
            Id(errors, s.SupplementalGroups[i], at.Child("supplementalGroups").Index(i));
        }

        if (s.FsGroupChangePolicy is { } change)
        {
            errors.OneOf(at.Child("fsGroupChangePolicy"), change, "Always", "OnRootMismatch");
        }

        if (s.SupplementalGroupsPolicy is { } policy)
        {
            errors.OneOf(at.Child("supplementalGroupsPolicy"), policy, "Merge", "Strict");
        }

        Seccomp(errors, s.SeccompProfile, at.Child("seccompProfile"));
        AppArmor(errors, s.AppArmorProfile, at.Child("appArmorProfile"));
        Sysctls(errors, s, at.Child("sysctls"));
    }

    private static void Sysctls(FieldErrors errors, V1PodSecurityContext s, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < s.Sysctls.Count; i++)
        {
            var name = s.Sysctls[i].Name;
            if (name.Length == 0)
            {
                errors.Required(at.Index(i).Child("name"));
            }
            else if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '-' or '_'))
            {
                errors.Invalid(at.Index(i).Child("name"), name, "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            }
            else if (!names.Add(name))
            {
                errors.Duplicate(at.Index(i).Child("name"), name);
            }
        }
    }

    private static void Id(FieldErrors errors, long? id, FieldPath at)
    {
        if (id is < 0 or > int.MaxValue)
        {
            errors.Invalid(at, id, Rules.Between(0, int.MaxValue));
        }
    }

    private static void Seccomp(FieldErrors errors, V1SeccompProfile? profile, FieldPath at)
    {
        if (profile is null)
        {
            return;
        }

        errors.RequiredOneOf(at.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        LocalhostProfile(errors, profile.Type, profile.LocalhostProfile, at, "must be set when seccomp type is Localhost", "can only be set when seccomp type is Localhost");
    }

    private static void AppArmor(FieldErrors errors, V1AppArmorProfile? profile, FieldPath at)
    {
        if (profile is null)
        {
            return;
        }

        errors.RequiredOneOf(at.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        LocalhostProfile(errors, profile.Type, profile.LocalhostProfile, at, "must be set when AppArmor type is Localhost", "can only be set when AppArmor type is Localhost");
    }

    private static void LocalhostProfile(FieldErrors errors, string type, string? file, FieldPath at, string missing, string misplaced)
    {
        if (type == "Localhost" && string.IsNullOrEmpty(file))
        {
            errors.Required(at.Child("localhostProfile"), missing);
        }
        else if (type != "Localhost" && file is not null)
        {
            errors.Invalid(at.Child("localhostProfile"), file, misplaced);
        }
    }
}
