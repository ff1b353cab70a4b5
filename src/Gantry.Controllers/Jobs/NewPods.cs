using System.Globalization;
using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Jobs;

/// <summary>The pods of Jobs.</summary>
internal static class NewPods
{
    private const string IndexVariable = "JOB_COMPLETION_INDEX";

    public static V1Pod Plain(V1Job job)
    {
        var pod = PodTemplates.Pod(job.Spec.Template, job.Metadata.Namespace, job.Metadata.Name, Owners.Reference(job));
        return pod.Metadata.Finalizers.Contains(JobPods.Finalizer)
            ? pod
            : pod with { Metadata = pod.Metadata with { Finalizers = [.. pod.Metadata.Finalizers, JobPods.Finalizer] } };
    }

    /// <param name="job">The Job.</param>
    /// <param name="index">The completion index.</param>
    /// <param name="before">The failed pod of that index, whose failures the new one goes on counting; null for none or when failures count together.</param>
    public static V1Pod Indexed(V1Job job, int index, V1Pod? before)
    {
        var pod = Plain(job);
        var number = index.ToString(CultureInfo.InvariantCulture);
        var annotations = pod.Metadata.Annotations.With(JobPods.Index, number);
        if (JobPods.PerIndex(job))
        {
            var (failures, ignored) = Failures(job, before);
            annotations = annotations.With(JobPods.IndexFailures, failures.ToString(CultureInfo.InvariantCulture));
            if (ignored > 0)
            {
                annotations = annotations.With(JobPods.IndexIgnoredFailures, ignored.ToString(CultureInfo.InvariantCulture));
            }
        }

        return pod with
        {
            Metadata = pod.Metadata with
            {
                GenerateName = PodTemplates.Prefix(job.Metadata.Name + "-" + number),
                Annotations = annotations,
                Labels = pod.Metadata.Labels.With(JobPods.Index, number),
            },
            Spec = pod.Spec with
            {
                Hostname = job.Metadata.Name + "-" + number,
                InitContainers = [.. pod.Spec.InitContainers.Select(WithIndex)],
                Containers = [.. pod.Spec.Containers.Select(WithIndex)],
            },
        };
    }

    private static (int Failures, int Ignored) Failures(V1Job job, V1Pod? before)
    {
        if (before is null)
        {
            return (0, 0);
        }

        var (failures, ignored) = (JobPods.Number(before, JobPods.IndexFailures), JobPods.Number(before, JobPods.IndexIgnoredFailures));
        return FailureVerdict.Of(job.Spec.PodFailurePolicy, before).Counts ? (failures + 1, ignored) : (failures, ignored + 1);
    }

    private static V1Container WithIndex(V1Container container) => container.Env.Any(e => e.Name == IndexVariable) ? container : container with
    {
        Env =
        [
            .. container.Env,
            new V1EnvVar
            {
                Name = IndexVariable,
                ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = $"metadata.labels['{JobPods.Index}']" } },
            },
        ],
    };
}
