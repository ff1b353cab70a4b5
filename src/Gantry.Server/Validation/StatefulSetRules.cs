using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>StatefulSets.</summary>
internal static class StatefulSetRules
{
    private const string Changeable =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    public static void StatefulSet(FieldErrors errors, V1StatefulSet s, V1StatefulSet? old)
    {
        var (spec, at) = (s.Spec, FieldPath.Root("spec"));
        switch (spec.PodManagementPolicy)
        {
            case "":
                errors.Required(at.Child("podManagementPolicy"));
                break;
            case "OrderedReady" or "Parallel":
                break;
            default:
                errors.Invalid(at.Child("podManagementPolicy"), spec.PodManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
                break;
        }

        Strategy(errors, spec.UpdateStrategy, at.Child("updateStrategy"));
        if (spec.PersistentVolumeClaimRetentionPolicy is { } retention)
        {
            var path = at.Child("persistentVolumeClaimRetentionPolicy");
            errors.OneOf(path.Child("whenDeleted"), retention.WhenDeleted, "Retain", "Delete");
            errors.OneOf(path.Child("whenScaled"), retention.WhenScaled, "Retain", "Delete");
        }

        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        errors.NotNegative(at.Child("ordinals.start"), (long?)spec.Ordinals?.Start);
        if (SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at, "statefulset", ""))
        {
            // The pods get volumes from the claim templates as well; what else is in their spec is checked when they are made.
            PodRules.TemplateMetadata(errors, spec.Template, at.Child("template"), old?.Spec.Template);
        }

        errors.OneOf(at.Child("template").Child("spec").Child("restartPolicy"), spec.Template.Spec.RestartPolicy, "Always");
        if (spec.Template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(at.Child("template").Child("spec").Child("activeDeadlineSeconds"), "activeDeadlineSeconds in StatefulSet is not Supported");
        }

        if (old is not null)
        {
            Update(errors, spec, old.Spec, at);
        }
    }

    private static void Strategy(FieldErrors errors, V1StatefulSetUpdateStrategy strategy, FieldPath at)
    {
        switch (strategy.Type)
        {
            case "":
                errors.Required(at);
                break;
            case "OnDelete":
                if (strategy.RollingUpdate is not null)
                {
                    errors.InvalidDump(
                        at.Child("rollingUpdate"), $"apps.RollingUpdateStatefulSetStrategy{{Partition:{strategy.RollingUpdate.Partition ?? 0}, MaxUnavailable:{GoDump.Pointer(strategy.RollingUpdate.MaxUnavailable, "intstr.IntOrString")}}}", "only allowed for updateStrategy 'RollingUpdate'");
                }

                break;
            case "RollingUpdate":
                errors.NotNegative(at.Child("rollingUpdate").Child("partition"), (long?)strategy.RollingUpdate?.Partition);
                break;
            default:
                errors.InvalidDump(at, GoDump.Of(strategy), "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }

    private static void Update(FieldErrors errors, V1StatefulSetSpec spec, V1StatefulSetSpec old, FieldPath at)
    {
        var same = old with
        {
            Replicas = spec.Replicas, Template = spec.Template, UpdateStrategy = spec.UpdateStrategy, MinReadySeconds = spec.MinReadySeconds, Ordinals = spec.Ordinals,
            PersistentVolumeClaimRetentionPolicy = spec.PersistentVolumeClaimRetentionPolicy,
        };
        if (!same.Equals(spec))
        {
            errors.Forbidden(at, Changeable);
        }
    }
}
