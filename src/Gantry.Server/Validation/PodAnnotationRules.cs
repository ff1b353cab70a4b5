using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Annotations of pods that mean something: what was said there before there were fields for it.</summary>
internal static class PodAnnotationRules
{
    public const string Mirror = "kubernetes.io/config.mirror";
    public const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    public const string SeccompContainer = "container.seccomp.security.alpha.kubernetes.io/";
    public const string AppArmor = "container.apparmor.security.beta.kubernetes.io/";
    private const string Tolerations = "scheduler.alpha.kubernetes.io/tolerations";
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";
    private const string MustMatch = "seccomp type in annotation and field must match";

    public static void Pod(FieldErrors errors, IReadOnlyDictionary<string, string> annotations, V1PodSpec spec, FieldPath at, IReadOnlyDictionary<string, string>? old)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        if (annotations.TryGetValue(Mirror, out var mirror) && spec.NodeName.Length == 0)
        {
            errors.Invalid(at.Key(Mirror), mirror, "must set spec.nodeName if mirror pod annotation is set");
        }

        if (annotations.TryGetValue(Tolerations, out var tolerations) && tolerations.Length > 0)
        {
            SchedulingRules.Tolerations(errors, AnnotatedValues.List<V1Toleration>(errors, Tolerations, tolerations, "core.Toleration", at) ?? [], at.Child(Tolerations));
        }

        if (annotations.TryGetValue(DeletionCost, out var cost) && !IsCost(cost) && !(old?.TryGetValue(DeletionCost, out var before) == true && !IsCost(before)))
        {
            errors.Invalid(at.Key(DeletionCost), cost, "must be a 32bit integer");
        }

        if (annotations.TryGetValue(SeccompPod, out var whole))
        {
            Seccomp(errors, whole, at.Child(SeccompPod));
        }

        foreach (var (key, value) in annotations)
        {
            if (key.StartsWith(SeccompContainer, StringComparison.Ordinal))
            {
                Seccomp(errors, value, at.Child(key));
            }
        }

        foreach (var (key, value) in annotations)
        {
            if (key.StartsWith(AppArmor, StringComparison.Ordinal))
            {
                AppArmorProfile(errors, key, value, spec, at);
            }
        }
    }

    // Text that a number would not be printed as, such as "+1" or "01", is refused, too.
    private static bool IsCost(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && text[0] != '+' && !(text.Length > 1 && text[0] == '0');

    private static void Seccomp(FieldErrors errors, string profile, FieldPath at)
    {
        if (profile.StartsWith("localhost/", StringComparison.Ordinal))
        {
            VolumeRules.DescendingPath(errors, profile["localhost/".Length..], at);
        }
        else if (profile is not ("runtime/default" or "docker/default" or "unconfined"))
        {
            errors.Invalid(at, profile, "must be a valid seccomp profile");
        }
    }

    private static void AppArmorProfile(FieldErrors errors, string key, string profile, V1PodSpec spec, FieldPath at)
    {
        var container = key[AppArmor.Length..];
        if (!spec.Containers.Concat(spec.InitContainers).Any(c => c.Name == container) && spec.EphemeralContainers.All(c => c.Name != container))
        {
            errors.Invalid(at.Key(key), container, "container not found");
        }

        if (profile.Length > 0 && profile is not ("runtime/default" or "unconfined") && !profile.StartsWith("localhost/", StringComparison.Ordinal))
        {
            errors.Invalid(at.Key(key), profile, $"invalid AppArmor profile name: \"{profile}\"");
        }
    }

    /// <summary>What an update may not do to them.</summary>
    public static void Update(FieldErrors errors, V1Pod now, V1Pod old, FieldPath at)
    {
        var (after, before) = (now.Metadata.Annotations, old.Metadata.Annotations);
        foreach (var (key, value) in before)
        {
            if (after.TryGetValue(key, out var kept) && kept == value)
            {
                continue;
            }

            Changed(errors, key, at, "may not remove or update ");
        }

        foreach (var key in after.Keys)
        {
            if (!before.ContainsKey(key))
            {
                Changed(errors, key, at, "may not add ");
            }
        }

        Pod(errors, after, now.Spec, at, before);
    }

    private static void Changed(FieldErrors errors, string key, FieldPath at, string what)
    {
        if (key.StartsWith(AppArmor, StringComparison.Ordinal))
        {
            errors.Forbidden(at.Key(key), what + "AppArmor annotations");
        }
        else if (key == Mirror)
        {
            errors.Forbidden(at.Key(key), what + "mirror pod annotation");
        }
    }

    /// <summary>Where both are there, the annotation says the same as the field.</summary>
    public static void Matches(FieldErrors errors, V1ObjectMeta metadata, V1PodSpec spec, FieldPath at)
    {
        if (metadata.Annotations.Count == 0)
        {
            return;
        }

        SeccompMatches(errors, metadata, spec, at);
        if (spec.Os?.Name != "windows")
        {
            AppArmorMatches(errors, metadata, spec, at);
        }
    }

    private static void SeccompMatches(FieldErrors errors, V1ObjectMeta metadata, V1PodSpec spec, FieldPath at)
    {
        if (metadata.Annotations.TryGetValue(SeccompPod, out var whole))
        {
            SeccompMatches(errors, whole, spec.SecurityContext?.SeccompProfile, at.Child("securityContext").Child("seccompProfile"));
        }

        foreach (var (name, security, path) in PodParts.Containers(spec, at))
        {
            if (metadata.Annotations.TryGetValue(SeccompContainer + name, out var own))
            {
                SeccompMatches(errors, own, security?.SeccompProfile, path.Child("securityContext").Child("seccompProfile"));
            }
        }
    }

    private static void SeccompMatches(FieldErrors errors, string annotation, V1SeccompProfile? field, FieldPath at)
    {
        switch (field?.Type)
        {
            case "Unconfined" when annotation != "unconfined":
            case "RuntimeDefault" when annotation is not ("runtime/default" or "docker/default"):
            case "Localhost" when !annotation.StartsWith("localhost/", StringComparison.Ordinal):
                errors.Forbidden(at.Child("type"), MustMatch);
                break;
            case "Localhost" when annotation["localhost/".Length..] != field.LocalhostProfile:
                errors.Forbidden(at.Child("localhostProfile"), "seccomp profile in annotation and field must match");
                break;
        }
    }

    // A container without a profile of its own has the pod's; it is the container's field that is named even then.
    private static void AppArmorMatches(FieldErrors errors, V1ObjectMeta metadata, V1PodSpec spec, FieldPath at)
    {
        foreach (var (name, security, path) in PodParts.Containers(spec, at))
        {
            if ((security?.AppArmorProfile ?? spec.SecurityContext?.AppArmorProfile) is not { } profile || !metadata.Annotations.TryGetValue(AppArmor + name, out var annotation))
            {
                continue;
            }

            var field = path.Child("securityContext").Child("appArmorProfile");
            switch (profile.Type)
            {
                case "Unconfined" when annotation != "unconfined":
                case "RuntimeDefault" when annotation != "runtime/default":
                case "Localhost" when !annotation.StartsWith("localhost/", StringComparison.Ordinal):
                    errors.Forbidden(field.Child("type"), "apparmor type in annotation and field must match");
                    break;
                case "Localhost" when annotation["localhost/".Length..] != profile.LocalhostProfile:
                    errors.Forbidden(field.Child("localhostProfile"), "apparmor profile in annotation and field must match");
                    break;
            }
        }
    }
}
