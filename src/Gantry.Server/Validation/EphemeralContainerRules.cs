using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Containers that are put into a running pod: they may have little that a pod relies on, and stay as they are.</summary>
internal static class EphemeralContainerRules
{
    private const string NotAllowed = "cannot be set for an Ephemeral Container";

    public static void All(FieldErrors errors, V1PodSpec spec, ContainerRules.PodContext pod, FieldPath at)
    {
        if (spec.EphemeralContainers.Count == 0)
        {
            return;
        }

        var others = spec.Containers.Concat(spec.InitContainers).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var names = new HashSet<string>(others, StringComparer.Ordinal);
        for (var i = 0; i < spec.EphemeralContainers.Count; i++)
        {
            var (c, path) = (spec.EphemeralContainers[i], at.Index(i));
            ContainerRules.Common(errors, Plain(c), pod, path);
            ContainerRules.PlainImage(errors, c.Image, path.Child("image"));
            if (!names.Add(c.Name))
            {
                errors.Duplicate(path.Child("name"), c.Name);
            }

            if (c.TargetContainerName.Length > 0 && !others.Contains(c.TargetContainerName))
            {
                errors.NotFound(path.Child("targetContainerName"), c.TargetContainerName);
            }

            Allowed(errors, c, path);
        }
    }

    private static void Allowed(FieldErrors errors, V1EphemeralContainer c, FieldPath at)
    {
        foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
            [
                ("ports", c.Ports.Count > 0), ("resources", !c.Resources.Equals(new V1ResourceRequirements())), ("resizePolicy", c.ResizePolicy.Count > 0),
                ("restartPolicy", c.RestartPolicy is not null), ("livenessProbe", c.LivenessProbe is not null), ("readinessProbe", c.ReadinessProbe is not null),
                ("startupProbe", c.StartupProbe is not null), ("lifecycle", c.Lifecycle is not null),
            ])
        {
            if (set)
            {
                errors.Forbidden(at.Child(name), NotAllowed);
            }
        }

        for (var i = 0; i < c.VolumeMounts.Count; i++)
        {
            if (c.VolumeMounts[i].SubPath.Length > 0)
            {
                errors.Forbidden(at.Child("volumeMounts").Index(i).Child("subPath"), NotAllowed);
            }

            if (c.VolumeMounts[i].SubPathExpr.Length > 0)
            {
                errors.Forbidden(at.Child("volumeMounts").Index(i).Child("subPathExpr"), NotAllowed);
            }
        }
    }

    /// <summary>The container as one of the ordinary kind, without what only ephemeral ones have.</summary>
    public static V1Container Plain(V1EphemeralContainer c) => new()
    {
        Name = c.Name, Image = c.Image, Command = c.Command, Args = c.Args, WorkingDir = c.WorkingDir, Ports = c.Ports, EnvFrom = c.EnvFrom, Env = c.Env, Resources = c.Resources,
        VolumeMounts = c.VolumeMounts, VolumeDevices = c.VolumeDevices, TerminationMessagePath = c.TerminationMessagePath, TerminationMessagePolicy = c.TerminationMessagePolicy,
        ImagePullPolicy = c.ImagePullPolicy, SecurityContext = c.SecurityContext, Stdin = c.Stdin, StdinOnce = c.StdinOnce, Tty = c.Tty,
    };

    /// <summary>An update through the subresource: existing ones neither go nor change.</summary>
    public static void Update(FieldErrors errors, V1Pod now, V1Pod old)
    {
        var at = FieldPath.Root("spec").Child("ephemeralContainers");
        if (old.Metadata.Annotations.ContainsKey(PodAnnotationRules.Mirror))
        {
            errors.Clear();
            errors.Forbidden(FieldPath.Root(""), "static pods do not support ephemeral containers");
            return;
        }

        foreach (var before in old.Spec.EphemeralContainers)
        {
            var after = now.Spec.EphemeralContainers.LastOrDefault(c => c.Name == before.Name);
            if (after is null)
            {
                errors.Forbidden(at, $"existing ephemeral containers \"{before.Name}\" may not be removed\n");
            }
            else if (!after.Equals(before))
            {
                errors.Forbidden(at, $"existing ephemeral containers \"{before.Name}\" may not be changed\n" + SpecDifference.Between(before, after, "core.EphemeralContainer"));
            }
        }
    }
}
