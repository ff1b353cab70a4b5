using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Jobs.</summary>
internal static class JobRules
{
    private const int MaxParallelism = 100_000;
    private const int ManyCompletions = 100_000;
    private const int FewOfMany = 10_000;
    private const string Indexed = "Indexed";

    public static void Job(FieldErrors errors, V1Job job, V1Job? old)
    {
        var at = FieldPath.Root("spec");
        Generated(errors, job, at);
        var found = new FieldErrors();
        WithSelector(found, job.Spec, at, old?.Spec.Template);
        errors.AddTimes(found, 1);
        if (job.Spec is { CompletionMode: Indexed, Completions: > 0 } spec)
        {
            var host = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{job.Metadata.Name}-{spec.Completions - 1}");
            if (Rules.DnsLabel(host).Any())
            {
                errors.Invalid(FieldPath.Root("metadata").Child("name"), job.Metadata.Name, "will not able to create pod with invalid DNS label: " + host);
            }
        }

        if (old is not null)
        {
            errors.AddTimes(found, 1);
            Update(errors, job, old, at);
        }
    }

    private static void WithSelector(FieldErrors errors, V1JobSpec spec, FieldPath at, V1PodTemplateSpec? old)
    {
        Spec(errors, spec, at, old);
        if (spec.Selector is null)
        {
            errors.Required(at.Child("selector"));
            SelectorRules.Mismatch(errors, spec.Template.Metadata.Labels, at);
            return;
        }

        var before = errors.Count;
        SelectorRules.Validate(errors, spec.Selector, at.Child("selector"));
        if (errors.Count == before && !SelectorRules.Matches(spec.Selector, spec.Template.Metadata.Labels))
        {
            SelectorRules.Mismatch(errors, spec.Template.Metadata.Labels, at);
        }
    }

    // A selector that the server made holds on to the job by its uid.
    private static void Generated(FieldErrors errors, V1Job job, FieldPath at)
    {
        if (job.Spec.ManualSelector == true || job.Spec.Selector is not { } selector)
        {
            return;
        }

        var (uid, name, labels) = (job.Metadata.Uid, job.Metadata.Name, job.Spec.Template.Metadata.Labels);
        var path = at.Child("template").Child("metadata").Child("labels");
        ReadOnlySpan<(string, string)> wanted =
            [("controller-uid", uid), ("job-name", name), ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name)];
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in wanted)
        {
            expected[key] = value;
            if (!labels.TryGetValue(key, out var found))
            {
                errors.Required(path.Key(key), $"must be '{value}'");
            }
            else if (found != value)
            {
                errors.InvalidDump(path.Key(key), GoDump.Map(labels), $"must be '{value}'");
            }
        }

        if (!SelectorRules.Matches(selector, expected))
        {
            errors.InvalidDump(at.Child("selector"), GoDump.Of(selector), "`selector` not auto-generated");
        }
    }

    private static void Update(FieldErrors errors, V1Job job, V1Job old, FieldPath at)
    {
        var (now, before) = (job.Spec, old.Spec);
        Completions(errors, now, before, at.Child("completions"));
        errors.Immutable(at.Child("selector"), Equals(now.Selector, before.Selector), now.Selector);
        Template(errors, now, old, at.Child("template"));
        errors.Immutable(at.Child("completionMode"), now.CompletionMode == before.CompletionMode, now.CompletionMode);
        errors.Immutable(at.Child("podFailurePolicy"), Equals(now.PodFailurePolicy, before.PodFailurePolicy), now.PodFailurePolicy);
        errors.Immutable(at.Child("backoffLimitPerIndex"), now.BackoffLimitPerIndex == before.BackoffLimitPerIndex, now.BackoffLimitPerIndex);
        errors.Immutable(at.Child("managedBy"), now.ManagedBy == before.ManagedBy, now.ManagedBy);
        errors.Immutable(at.Child("successPolicy"), Equals(now.SuccessPolicy, before.SuccessPolicy), now.SuccessPolicy);
    }

    // An indexed job may grow and shrink where all its pods run at once.
    private static void Completions(FieldErrors errors, V1JobSpec now, V1JobSpec before, FieldPath at)
    {
        if (now.CompletionMode != Indexed)
        {
            errors.Immutable(at, now.Completions == before.Completions, now.Completions);
        }
        else if (now.Completions is not null && now.Completions != before.Completions && now.Completions != now.Parallelism)
        {
            errors.Invalid(at, now.Completions, $"can only be modified in tandem with {at.ToString().Replace("completions", "parallelism", StringComparison.Ordinal)}");
        }
    }

    private static void Template(FieldErrors errors, V1JobSpec now, V1Job old, FieldPath at)
    {
        var (template, before) = (now.Template, old.Spec.Template);
        // a job that has not started, or has been stopped, may change where its pods are placed
        if (old.Spec.Suspend == true && old.Status.StartTime is null)
        {
            before = before with
            {
                Metadata = before.Metadata with { Labels = template.Metadata.Labels, Annotations = template.Metadata.Annotations },
                Spec = before.Spec with
                {
                    NodeSelector = template.Spec.NodeSelector, Tolerations = template.Spec.Tolerations, SchedulingGates = template.Spec.SchedulingGates,
                    Affinity = Moved(template.Spec.Affinity, before.Spec.Affinity),
                },
            };
        }

        errors.Immutable(at, template.Equals(before), template);
    }

    private static V1Affinity? Moved(V1Affinity? now, V1Affinity? before)
    {
        var moved = (before ?? new V1Affinity()) with { NodeAffinity = now?.NodeAffinity };
        return now is null && moved.Equals(new V1Affinity()) ? null : moved;
    }

    /// <summary>A job's spec; also the one in a cron job's template, which has no selector yet.</summary>
    public static void Spec(FieldErrors errors, V1JobSpec spec, FieldPath at, V1PodTemplateSpec? old)
    {
        errors.NotNegative(at.Child("parallelism"), (long?)spec.Parallelism);
        errors.NotNegative(at.Child("completions"), (long?)spec.Completions);
        errors.NotNegative(at.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds);
        errors.NotNegative(at.Child("backoffLimit"), (long?)spec.BackoffLimit);
        errors.NotNegative(at.Child("ttlSecondsAfterFinished"), (long?)spec.TtlSecondsAfterFinished);
        errors.NotNegative(at.Child("backoffLimitPerIndex"), (long?)spec.BackoffLimitPerIndex);
        errors.NotNegative(at.Child("maxFailedIndexes"), (long?)spec.MaxFailedIndexes);
        if (spec is { MaxFailedIndexes: not null, BackoffLimitPerIndex: null })
        {
            errors.Required(at.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
        }

        if (spec.ManagedBy is { } manager)
        {
            errors.DomainPrefixedPath(at.Child("managedBy"), manager);
            if (manager.Length > 63)
            {
                errors.TooLong(at.Child("managedBy"), 63);
            }
        }

        CompletionMode(errors, spec, at);
        JobPolicyRules.Failure(errors, spec, at.Child("podFailurePolicy"));
        JobPolicyRules.Success(errors, spec, at.Child("successPolicy"));
        if (spec.PodReplacementPolicy is { } replacement)
        {
            errors.OneOf(at.Child("podReplacementPolicy"), replacement, spec.PodFailurePolicy is null ? ["Failed", "TerminatingOrFailed"] : ["Failed"]);
        }

        PodRules.Template(errors, spec.Template, at.Child("template"), old);
        var restart = at.Child("template").Child("spec").Child("restartPolicy");
        if (spec.Template.Spec.RestartPolicy is "" or "Always")
        {
            errors.Required(restart, "valid values: \"OnFailure\", \"Never\"");
        }
        else if (spec.Template.Spec.RestartPolicy is not ("OnFailure" or "Never"))
        {
            errors.OneOf(restart, spec.Template.Spec.RestartPolicy, "OnFailure", "Never");
        }
        else if (spec.PodFailurePolicy is not null && spec.Template.Spec.RestartPolicy != "Never")
        {
            errors.Invalid(restart, spec.Template.Spec.RestartPolicy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    private static void CompletionMode(FieldErrors errors, V1JobSpec spec, FieldPath at)
    {
        if (spec.CompletionMode is { } mode)
        {
            errors.OneOf(at.Child("completionMode"), mode, "NonIndexed", Indexed);
        }

        if (spec.CompletionMode is null or "NonIndexed")
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, int?)>)[("backoffLimitPerIndex", spec.BackoffLimitPerIndex), ("maxFailedIndexes", spec.MaxFailedIndexes)])
            {
                if (value is not null)
                {
                    errors.Invalid(at.Child(name), value, "requires indexed completion mode");
                }
            }
        }

        if (spec.CompletionMode != Indexed)
        {
            return;
        }

        var (completions, parallelism, failed) = (spec.Completions, spec.Parallelism, spec.MaxFailedIndexes);
        if (completions is null)
        {
            errors.Required(at.Child("completions"), "when completion mode is Indexed");
        }

        if (parallelism > MaxParallelism)
        {
            errors.Invalid(at.Child("parallelism"), parallelism, $"must be less than or equal to {MaxParallelism} when completion mode is Indexed");
        }

        if (failed > completions)
        {
            errors.Invalid(at.Child("maxFailedIndexes"), failed, "must be less than or equal to completions");
        }

        if (failed > MaxParallelism)
        {
            errors.Invalid(at.Child("maxFailedIndexes"), failed, $"must be less than or equal to {MaxParallelism}");
        }

        if (completions > ManyCompletions && spec.BackoffLimitPerIndex is not null)
        {
            Many(errors, parallelism, failed, at);
        }
    }

    private static void Many(FieldErrors errors, int? parallelism, int? failed, FieldPath at)
    {
        const string rule = "must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index";
        if (failed is null)
        {
            errors.Required(at.Child("maxFailedIndexes"), $"must be specified when completions is above {ManyCompletions}");
        }

        if (parallelism > FewOfMany)
        {
            errors.Invalid(at.Child("parallelism"), parallelism, rule);
        }

        if (failed > FewOfMany)
        {
            errors.Invalid(at.Child("maxFailedIndexes"), failed, rule);
        }
    }
}
