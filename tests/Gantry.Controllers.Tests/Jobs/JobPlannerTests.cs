using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Jobs;

namespace Gantry.Controllers.Tests.Jobs;

public sealed class JobPlannerTests
{
    [Fact]
    public void As_many_pods_run_as_are_allowed_at_once_until_enough_have_succeeded()
    {
        var world = new JobWorld(new V1JobSpec { Parallelism = 2, Completions = 3 });
        world.Settle();
        Assert.Equal(2, world.Active.Count);
        Assert.Equal((2, Make.Now), (world.Job.Status.Active, world.Job.Status.StartTime));
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.Equal((2, 1), (world.Active.Count, world.Job.Status.Succeeded));
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.Single(world.Active);
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.Equal("SuccessCriteriaMet/CompletionsReached Complete/CompletionsReached", world.Conditions);
        Assert.Equal((0, 3, Make.Now), (world.Job.Status.Active, world.Job.Status.Succeeded, world.Job.Status.CompletionTime));
        Assert.Equal(["Completed"], world.Events);
        Assert.All(world.Pods, p => Assert.Empty(p.Metadata.Finalizers));
    }

    [Fact]
    public void A_work_queue_ends_with_its_first_success_once_the_others_have_finished()
    {
        var world = new JobWorld(new V1JobSpec { Parallelism = 3 });
        world.Settle();
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.Equal((2, ""), (world.Active.Count, world.Conditions));
        world.End(world.Active[0], 1);
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.StartsWith("SuccessCriteriaMet", world.Conditions, StringComparison.Ordinal);
        Assert.Equal((2, 1), (world.Job.Status.Succeeded, world.Job.Status.Failed));
    }

    [Fact]
    public void A_failed_pod_is_replaced_after_a_pause_that_doubles()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 1 });
        world.Settle();
        foreach (var pause in new[] { 10, 20, 40 })
        {
            world.End(world.Active[0], 1);
            var plan = world.Step();
            Assert.Empty(world.Active);
            Assert.Equal(TimeSpan.FromSeconds(pause), plan.Look);
            world.Now += TimeSpan.FromSeconds(pause - 1);
            world.Step();
            Assert.Empty(world.Active);
            world.Now += TimeSpan.FromSeconds(1);
            world.Settle();
            Assert.Single(world.Active);
        }

        Assert.Equal(3, world.Job.Status.Failed);
        Assert.Equal(TimeSpan.FromMinutes(6), JobRetries.Rest(30, Make.Now, Make.Now));
    }

    [Fact]
    public void More_failures_than_the_limit_fail_the_job_and_take_the_running_pods_along()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 5, Parallelism = 3, BackoffLimit = 1 });
        world.Settle();
        world.End(world.Active[0], 1);
        world.End(world.Active[0], 1);
        world.Settle();
        Assert.Empty(world.Active);
        Assert.Equal("FailureTarget/BackoffLimitExceeded", world.Conditions);
        Assert.Equal(1, world.Job.Status.Terminating);
        world.EndDeleted();
        world.Settle();
        Assert.Equal("FailureTarget/BackoffLimitExceeded Failed/BackoffLimitExceeded", world.Conditions);
        Assert.Equal((3, 0), (world.Job.Status.Failed, world.Job.Status.Terminating));
        Assert.Equal("Job has reached the specified backoff limit", world.Job.Status.Conditions[^1].Message);
        Assert.Equal(["BackoffLimitExceeded"], world.Events);
    }

    [Fact]
    public void Restarts_in_place_count_against_the_limit()
    {
        var world = new JobWorld(new V1JobSpec { BackoffLimit = 2, Completions = 1, Template = new V1PodTemplateSpec { Spec = new V1PodSpec { RestartPolicy = "OnFailure" } } });
        world.Settle();
        var pod = world.Active[0];
        world.Put(pod with { Status = pod.Status with { Phase = "Running", ContainerStatuses = [new V1ContainerStatus { Name = "main", RestartCount = 2 }] } });
        world.Settle();
        Assert.Equal("FailureTarget/BackoffLimitExceeded", world.Conditions);
    }

    [Fact]
    public void A_deadline_that_passes_fails_the_job()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 1, ActiveDeadlineSeconds = 30 });
        world.Settle();
        Assert.Equal(TimeSpan.FromSeconds(30), world.Plan().Look);
        world.Now += TimeSpan.FromSeconds(30);
        world.Settle();
        world.EndDeleted();
        world.Settle();
        Assert.EndsWith("Failed/DeadlineExceeded", world.Conditions, StringComparison.Ordinal);
        Assert.Equal("Job was active longer than specified deadline", world.Job.Status.Conditions[^1].Message);
    }

    [Fact]
    public void A_suspended_job_has_no_pods_and_loses_no_attempts()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 2, Parallelism = 2, Suspend = true });
        world.Settle();
        Assert.Empty(world.Pods);
        Assert.Null(world.Job.Status.StartTime);
        Assert.Equal("Suspended/JobSuspended", world.Conditions);
        world.Job = world.Job with { Spec = world.Job.Spec with { Suspend = false } };
        world.Now += TimeSpan.FromHours(1);
        world.Settle();
        Assert.Equal((2, "", world.Now), (world.Active.Count, world.Conditions, world.Job.Status.StartTime));
        world.Job = world.Job with { Spec = world.Job.Spec with { Suspend = true } };
        world.Settle();
        world.EndDeleted();
        world.Settle();
        Assert.Equal((0, 0, 0), (world.Pods.Count, world.Job.Status.Failed, world.Job.Status.Active));
        Assert.Equal(["Suspended", "Resumed", "Suspended"], world.Events);
    }

    [Fact]
    public void Less_parallelism_takes_the_least_useful_pods_away_without_counting_them()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 10, Parallelism = 4 });
        world.Settle();
        world.Run(world.Active[0]);
        world.Run(world.Active[1]);
        world.Job = world.Job with { Spec = world.Job.Spec with { Parallelism = 2 } };
        world.Settle();
        Assert.All(world.Active, p => Assert.Equal("Running", p.Status.Phase));
        Assert.Equal((2, 2, 0), (world.Job.Status.Active, world.Job.Status.Ready, world.Job.Status.Failed));
    }

    [Fact]
    public void Indexed_pods_know_their_index_and_are_counted_by_it()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 5, Parallelism = 5, CompletionMode = "Indexed" });
        world.Settle();
        Assert.Equal(["0", "1", "2", "3", "4"], world.Active.Select(p => p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]));
        var third = world.Active[2];
        Assert.Equal(("work-2", "work-2-"), (third.Spec.Hostname, third.Metadata.GenerateName));
        var variable = Assert.Single(third.Spec.Containers[0].Env);
        Assert.Equal(("JOB_COMPLETION_INDEX", "metadata.labels['batch.kubernetes.io/job-completion-index']"), (variable.Name, variable.ValueFrom?.FieldRef?.FieldPath));
        foreach (var index in new[] { 4, 1, 2, 3 })
        {
            world.End(world.Active.First(p => p.Spec.Hostname == $"work-{index}"), 0);
        }

        world.Settle();
        Assert.Equal(("1-4", 4), (world.Job.Status.CompletedIndexes, world.Job.Status.Succeeded));
        world.End(world.Active[0], 1);
        world.Settle();
        world.Now += TimeSpan.FromSeconds(10);
        world.Settle();
        Assert.Equal("work-0", Assert.Single(world.Active).Spec.Hostname);
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.Equal("0-4", world.Job.Status.CompletedIndexes);
        Assert.EndsWith("Complete/CompletionsReached", world.Conditions, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_per_index_fail_the_index_alone_and_the_job_at_its_end()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 2, Parallelism = 2, CompletionMode = "Indexed", BackoffLimitPerIndex = 1, BackoffLimit = int.MaxValue });
        world.Settle();
        world.End(world.Active[0], 1);
        world.Settle();
        Assert.Equal(("", 1), (world.Job.Status.FailedIndexes, world.Active.Count));
        world.Now += TimeSpan.FromSeconds(10);
        world.Settle();
        var second = world.Active.First(p => p.Spec.Hostname == "work-0");
        Assert.Equal("1", second.Metadata.Annotations["batch.kubernetes.io/job-index-failure-count"]);
        world.End(second, 1);
        world.Settle();
        Assert.Equal(("0", ""), (world.Job.Status.FailedIndexes, world.Conditions));
        world.End(world.Active[0], 0);
        world.Settle();
        Assert.EndsWith("Failed/FailedIndexes", world.Conditions, StringComparison.Ordinal);
        Assert.Equal((1, 2, "1"), (world.Job.Status.Succeeded, world.Job.Status.Failed, world.Job.Status.CompletedIndexes));
    }

    [Fact]
    public void Too_many_failed_indexes_fail_the_job_at_once()
    {
        var world = new JobWorld(new V1JobSpec
        {
            Completions = 4, Parallelism = 4, CompletionMode = "Indexed", BackoffLimitPerIndex = 0, MaxFailedIndexes = 1, BackoffLimit = int.MaxValue,
        });
        world.Settle();
        world.End(world.Active[0], 1);
        world.End(world.Active[0], 1);
        world.Settle();
        world.EndDeleted();
        world.Settle();
        Assert.EndsWith("Failed/MaxFailedIndexesExceeded", world.Conditions, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_policy_can_fail_the_job_ignore_a_failure_or_fail_an_index()
    {
        var world = new JobWorld(new V1JobSpec
        {
            Completions = 2, Parallelism = 2, BackoffLimit = 0,
            PodFailurePolicy = new V1PodFailurePolicy
            {
                Rules =
                [
                    new V1PodFailurePolicyRule { Action = "Ignore", OnPodConditions = [new V1PodFailurePolicyOnPodConditionsPattern { Type = "DisruptionTarget", Status = "True" }] },
                    new V1PodFailurePolicyRule { Action = "FailJob", OnExitCodes = new V1PodFailurePolicyOnExitCodesRequirement { Operator = "In", Values = [42] } },
                ],
            },
        });
        world.Settle();
        world.End(world.Active[0], 137, "DisruptionTarget");
        world.Settle();
        Assert.Equal((0, ""), (world.Job.Status.Failed, world.Conditions));
        var pod = world.Active[0];
        world.End(pod, 42);
        world.Settle();
        Assert.StartsWith("FailureTarget/PodFailurePolicy", world.Conditions, StringComparison.Ordinal);
        Assert.Equal($"Container main for pod default/{pod.Metadata.Name} failed with exit code 42 matching FailJob rule at index 1", world.Job.Status.Conditions[0].Message);
    }

    [Fact]
    public void A_success_policy_ends_the_job_early_and_well()
    {
        var world = new JobWorld(new V1JobSpec
        {
            Completions = 4, Parallelism = 4, CompletionMode = "Indexed",
            SuccessPolicy = new V1SuccessPolicy { Rules = [new V1SuccessPolicyRule { SucceededIndexes = "0", SucceededCount = 1 }] },
        });
        world.Settle();
        world.End(world.Active.First(p => p.Spec.Hostname == "work-1"), 0);
        world.Settle();
        Assert.Equal("", world.Conditions);
        world.End(world.Active.First(p => p.Spec.Hostname == "work-0"), 0);
        world.Settle();
        world.EndDeleted();
        world.Settle();
        Assert.Equal("SuccessCriteriaMet/SuccessPolicy Complete/SuccessPolicy", world.Conditions);
        Assert.Equal(("Matched rules at index 0", 0, "0,1"), (world.Job.Status.Conditions[^1].Message, world.Job.Status.Failed, world.Job.Status.CompletedIndexes));
    }

    [Fact]
    public void A_deleted_pod_is_replaced_at_once_or_only_when_it_has_failed()
    {
        foreach (var (policy, replaced) in new[] { ("TerminatingOrFailed", 1), ("Failed", 0) })
        {
            var world = new JobWorld(new V1JobSpec { Completions = 1, PodReplacementPolicy = policy });
            world.Settle();
            world.Put(Make.Deleted(world.Active[0]));
            world.Now += TimeSpan.FromMinutes(1);
            world.Settle();
            Assert.Equal(replaced, world.Active.Count);
            world.EndDeleted();
            world.Now += TimeSpan.FromMinutes(1);
            world.Settle();
            Assert.Single(world.Active);
            Assert.Equal(1, world.Job.Status.Failed);
        }
    }

    [Fact]
    public void A_job_of_another_manager_is_left_alone()
    {
        var plan = new JobWorld(new V1JobSpec { Completions = 1, ManagedBy = "example.com/queue" }).Plan();
        Assert.Empty(plan.Pods);
        Assert.Empty(plan.Tracking);
    }

    [Fact]
    public void An_orphan_that_fits_is_adopted_together_with_the_finalizer_that_has_it_counted()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 1 });
        world.Put(Make.Pod("stray"));
        var adopt = Assert.IsType<Patch<V1Pod>>(world.Plan().Pods[0]);
        var body = System.Text.Encoding.UTF8.GetString(adopt.Body.Content.Span);
        Assert.Contains("job-uid", body, StringComparison.Ordinal);
        Assert.Contains("batch.kubernetes.io/job-tracking", body, StringComparison.Ordinal);
    }

    [Fact]
    public void When_pods_cannot_be_made_the_status_tells_of_those_there_are()
    {
        var world = new JobWorld(new V1JobSpec { Completions = 1 });
        var plan = JobPlanner.Plan(new JobView { Job = world.Job, Pods = [], Now = Make.Now, Hold = true });
        Assert.Empty(plan.Pods);
        Assert.Equal(0, Assert.IsType<Update<V1Job>>(Assert.Single(plan.Tracking)).Object.Status.Active);
    }

    [Theory]
    [InlineData("NonIndexed")]
    [InlineData("Indexed")]
    public void Whatever_happens_in_between_every_pod_is_counted_exactly_once_and_the_job_ends(string mode)
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var dice = new Random(seed);
            var completions = dice.Next(1, 6);
            var world = new JobWorld(new V1JobSpec { Completions = completions, Parallelism = dice.Next(1, 4), CompletionMode = mode, BackoffLimit = dice.Next(0, 4) });
            var (succeeded, failed) = (0, 0);
            for (var step = 0; step < 400 && JobPlanner.Ended(world.Job) is null; step++)
            {
                // Plans are cut short at random, as if the process had been killed there.
                world.Step(dice.Next(3) == 0 ? dice.Next(4) : int.MaxValue);
                world.Now += TimeSpan.FromMinutes(6);
                if (world.Active.Count > 0 && dice.Next(2) == 0)
                {
                    var fails = dice.Next(3) == 0;
                    (succeeded, failed) = fails ? (succeeded, failed + 1) : (succeeded + 1, failed);
                    world.End(world.Active[dice.Next(world.Active.Count)], fails ? 1 : 0);
                }

                foreach (var pod in world.Pods.Where(p => p.Metadata.DeletionTimestamp is not null && p.Status.Phase is "Pending" or "Running"))
                {
                    // Only a Job that fails deletes pods here; they count as failed.
                    failed++;
                    world.End(pod, 143);
                }
            }

            var status = world.Job.Status;
            Assert.True(JobPlanner.Ended(world.Job) is not null, $"seed {seed}: the Job never ended: {status}");
            Assert.True((succeeded, failed) == (status.Succeeded, status.Failed), $"seed {seed}: {succeeded} succeeded and {failed} failed, but the status says {status}");
            Assert.All(world.Pods, p => Assert.DoesNotContain("batch.kubernetes.io/job-tracking", p.Metadata.Finalizers));
        }
    }
}
