using System.Buffers;
using System.Text.RegularExpressions;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Security contexts of pods and containers.</summary>
public static partial class SecurityRules
{
    private const string SysctlPattern = @"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?";

    private static readonly SearchValues<char> Separators = SearchValues.Create("./");

    [GeneratedRegex(SysctlPattern + @"\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Sysctl();

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
        if (s.AllowPrivilegeEscalation == false)
        {
            if (s.Privileged == true)
            {
                errors.InvalidDump(at, GoDump.Of(s), "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }

            foreach (var _ in s.Capabilities?.Add.Where(c => c == "CAP_SYS_ADMIN") ?? [])
            {
                errors.InvalidDump(at, GoDump.Of(s), "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }

        WindowsRules.Options(errors, s.WindowsOptions, at.Child("windowsOptions"));
        AppArmor(errors, s.AppArmorProfile, at.Child("appArmorProfile"));
    }

    public static void Pod(FieldErrors errors, V1PodSpec spec, FieldPath at, V1PodSpec? old)
    {
        if (spec.SecurityContext is { } s)
        {
            Id(errors, s.FsGroup, at.Child("fsGroup"));
            Id(errors, s.RunAsUser, at.Child("runAsUser"));
            Id(errors, s.RunAsGroup, at.Child("runAsGroup"));
            for (var i = 0; i < s.SupplementalGroups.Count; i++)
            {
                Id(errors, s.SupplementalGroups[i], at.Child("supplementalGroups").Index(i));
            }
        }

        if (spec.HostPID && spec.ShareProcessNamespace == true)
        {
            errors.Invalid(at.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        if (spec.SecurityContext is not { } context)
        {
            return;
        }

        Sysctls(errors, spec, context, at.Child("sysctls"), old);
        if (context.FsGroupChangePolicy is { } change)
        {
            errors.OneOf(at.Child("fsGroupChangePolicy"), change, "Always", "OnRootMismatch");
        }

        Seccomp(errors, context.SeccompProfile, at.Child("seccompProfile"));
        WindowsRules.Options(errors, context.WindowsOptions, at.Child("windowsOptions"));
        AppArmor(errors, context.AppArmorProfile, at.Child("appArmorProfile"));
        if (context.SupplementalGroupsPolicy is { } policy)
        {
            errors.OneOf(at.Child("supplementalGroupsPolicy"), policy, "Merge", "Strict");
        }
    }

    private static void Sysctls(FieldErrors errors, V1PodSpec spec, V1PodSecurityContext s, FieldPath at, V1PodSpec? old)
    {
        HashSet<string>? names = null;
        var letPass = old?.SecurityContext?.Sysctls.Any(o => Shared(old, o.Name) is not null) == true;
        for (var i = 0; i < s.Sysctls.Count; i++)
        {
            var (name, path) = (s.Sysctls[i].Name, at.Index(i).Child("name"));
            if (name.Length == 0)
            {
                errors.Required(path);
            }
            else if (name.Length > 253 || !Sysctl().IsMatch(name))
            {
                errors.Invalid(path, name, "must have at most 253 characters and match regex " + SysctlPattern + "$");
            }
            else if (names?.Contains(name) == true)
            {
                errors.Duplicate(path, name);
            }

            if (!letPass && Shared(spec, name) is { } field)
            {
                errors.Invalid(path, name, $"may not be specified when '{field}' is true");
            }

            (names ??= new(StringComparer.Ordinal)).Add(name);
        }
    }

    // The field by which a pod shares with its node what the parameter is of.
    private static string? Shared(V1PodSpec spec, string sysctl)
    {
        // The first separator tells which of the two forms the name is in.
        var name = sysctl.AsSpan().IndexOfAny(Separators) is >= 0 and var first && sysctl[first] == '/'
            ? string.Concat(sysctl.Select(c => c switch { '/' => '.', '.' => '/', _ => c })) : sysctl;
        return spec.HostNetwork && name.StartsWith("net.", StringComparison.Ordinal) ? "hostNetwork"
            : spec.HostIPC && (name == "kernel.sem" || name.StartsWith("kernel.shm", StringComparison.Ordinal) || name.StartsWith("kernel.msg", StringComparison.Ordinal) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal)) ? "hostIPC"
            : null;
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

        if (profile.Type.Length == 0)
        {
            errors.Required(at.Child("type"), "type is required when seccompProfile is set");
        }
        else
        {
            errors.OneOf(at.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
        }

        if (profile.Type != "Localhost")
        {
            if (profile.LocalhostProfile is not null)
            {
                errors.InvalidDump(at.Child("localhostProfile"), GoDump.Of(profile), "can only be set when seccomp type is Localhost");
            }
        }
        else if (profile.LocalhostProfile is not { } file)
        {
            errors.Required(at.Child("localhostProfile"), "must be set when seccomp type is Localhost");
        }
        else
        {
            VolumeRules.DescendingPath(errors, file, at.Child("localhostProfile"));
        }
    }

    private static void AppArmor(FieldErrors errors, V1AppArmorProfile? profile, FieldPath at)
    {
        if (profile is null)
        {
            return;
        }

        var file = at.Child("localhostProfile");
        switch (profile.Type)
        {
            case "Localhost" when profile.LocalhostProfile is not { } name:
                errors.Required(file, "must be set when AppArmor type is Localhost");
                break;
            case "Localhost":
                LocalProfile(errors, profile.LocalhostProfile, file);
                break;
            case "RuntimeDefault" or "Unconfined":
                if (profile.LocalhostProfile is not null)
                {
                    errors.Invalid(file, profile.LocalhostProfile, "can only be set when AppArmor type is Localhost");
                }

                break;
            case "":
                errors.Required(at.Child("type"), "type is required when appArmorProfile is set");
                break;
            default:
                errors.OneOf(at.Child("type"), profile.Type, "Localhost", "RuntimeDefault", "Unconfined");
                break;
        }
    }

    private static void LocalProfile(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Trim().Length != name.Length)
        {
            errors.Invalid(at, name, "must not be padded with whitespace");
        }
        else if (name.Length == 0)
        {
            errors.Required(at, "must be set when AppArmor type is Localhost");
        }

        const int longest = 4095; // the longest path
        if (name.Length > longest)
        {
            errors.TooLong(at, longest);
        }
    }
}
