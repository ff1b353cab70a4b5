using Gantry.Api.Models;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.Writing;

/// <summary>When an object may go and what holds it; pure.</summary>
internal static class DeletionRules
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    private const long DefaultGraceSeconds = 30;

    /// <summary>Whether nothing holds an object any longer that somebody wanted deleted.</summary>
    public static bool IsOver(IApiObject value) =>
        value.Metadata is { DeletionTimestamp: not null, Finalizers.Count: 0, DeletionGracePeriodSeconds: null or 0 }
        && value is not V1Namespace { Spec.Finalizers.Count: > 0 };

    /// <summary>Every fault of the options.</summary>
    public static ApiStatus? Check(V1DeleteOptions options)
    {
        var errors = new List<FieldError>();
        if (options.OrphanDependents is not null && options.PropagationPolicy is not null)
        {
            errors.Add(FieldError.Invalid("propagationPolicy", options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set"));
        }

        if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.Add(FieldError.NotSupported("propagationPolicy", options.PropagationPolicy, ["Foreground", "Background", "Orphan", "nil"]));
        }

        errors.AddRange(DryRun(options.DryRun));
        if (options.IgnoreStoreReadErrorWithClusterBreakingPotential == true)
        {
            errors.AddRange(Alone(options).Select(other => FieldError.Invalid(
                "ignoreStoreReadErrorWithClusterBreakingPotential", true, "cannot be set together with ." + other)));
        }

        return errors.Count == 0 ? null : ApiStatus.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
    }

    /// <summary>What is wrong with the ways of running dry that a request names.</summary>
    public static IEnumerable<FieldError> DryRun(IReadOnlyList<string> ways) => ways.Any(d => d != "All")
        ? [new FieldError(FieldErrorType.NotSupported, "dryRun", GoDump.Texts("string", ways), "supported values: \"All\"")]
        : [];

    /// <summary>The finalizers that the object has to shed before it goes, with those that the wanted propagation adds.</summary>
    public static IReadOnlyList<string> Finalizers(KindStrategy strategy, V1ObjectMeta metadata, V1DeleteOptions options)
    {
        if (strategy.IsDefinition && metadata.DeletionTimestamp is null)
        {
            // It is announced at first, and what else is wanted does not count yet.
            return metadata.Finalizers.Contains(CustomResources.DefinitionLoop.Cleanup, StringComparer.Ordinal)
                ? metadata.Finalizers : [.. metadata.Finalizers, CustomResources.DefinitionLoop.Cleanup];
        }

        var (orphan, foreground) = Wanted(strategy, metadata, options);
        var kept = metadata.Finalizers.Where(f => f is not (Orphan or Foreground)).ToList();
        if (orphan)
        {
            kept.Add(Orphan);
        }

        if (foreground)
        {
            kept.Add(Foreground);
        }

        // What is the same is left in its order.
        return kept.Count == metadata.Finalizers.Count && kept.TrueForAll(f => metadata.Finalizers.Contains(f, StringComparer.Ordinal)) ? metadata.Finalizers : kept;
    }

    /// <summary>
    /// How long a pod has to end, in seconds; 0 when nothing runs that would have to. Null when it is on its way already and not hurried:
    /// then nothing of the request counts, not even how it wants to have dependents treated.
    /// </summary>
    public static long? Grace(V1Pod pod, long? wanted)
    {
        var given = NotNegative(wanted);
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            var left = pod.Metadata.DeletionGracePeriodSeconds ?? 0;
            return left == 0 ? 0 : given < left ? given : null;
        }

        return pod.Spec.NodeName.Length == 0 || pod.Status.Phase is "Succeeded" or "Failed" ? 0
            : given ?? NotNegative(pod.Spec.TerminationGracePeriodSeconds) ?? DefaultGraceSeconds;
    }

    // Negative times are accepted and kept, and are a second to whoever deletes.
    private static long? NotNegative(long? seconds) => seconds is < 0 ? 1 : seconds;

    // What may not be wanted of the removal of an object that nobody can read.
    private static IEnumerable<string> Alone(V1DeleteOptions options) => new (string Name, bool Set)[]
    {
        ("dryRun", options.DryRun.Count > 0), ("propagationPolicy", options.PropagationPolicy is not null), ("orphanDependents", options.OrphanDependents is not null),
        ("gracePeriodSeconds", options.GracePeriodSeconds is not null), ("preconditions", options.Preconditions is not null),
    }.Where(o => o.Set).Select(o => o.Name);

    private static (bool Orphan, bool Foreground) Wanted(KindStrategy strategy, V1ObjectMeta metadata, V1DeleteOptions options)
    {
        if (!strategy.HasDependents)
        {
            return (false, false);
        }

        if (options.OrphanDependents is { } orphan)
        {
            return (orphan, false);
        }

        switch (options.PropagationPolicy)
        {
            case "Orphan":
                return (true, false);
            case "Foreground":
                return (false, true);
            case "Background":
                return (false, false);
        }

        // Nothing said: what the finalizers say already counts before the kind's default.
        var has = metadata.Finalizers;
        return (has.Contains(Orphan, StringComparer.Ordinal) || (strategy.OrphansByDefault && !has.Contains(Foreground, StringComparer.Ordinal)),
            has.Contains(Foreground, StringComparer.Ordinal));
    }
}
