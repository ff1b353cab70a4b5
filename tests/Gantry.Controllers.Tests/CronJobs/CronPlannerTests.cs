using Gantry.Api.Models;
using Gantry.Controllers.CronJobs;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.CronJobs;

public sealed class CronPlannerTests
{
    private V1CronJob _cron = new()
    {
        Metadata = new V1ObjectMeta { Namespace = "default", Name = "report", Uid = "cron-uid", CreationTimestamp = Make.Now.AddMinutes(-1) },
        Spec = new V1CronJobSpec { Schedule = "0 * * * *", ConcurrencyPolicy = "Allow", SuccessfulJobsHistoryLimit = 2, FailedJobsHistoryLimit = 1 },
    };

    [Fact]
    public void A_due_job_is_made_once_under_the_name_of_its_time()
    {
        var plan = Plan(Make.Now.AddSeconds(5));
        var made = Assert.IsType<Create<V1Job>>(Assert.Single(plan.Intents)).Object;
        Assert.Equal($"report-{Make.Now.ToUnixTimeSeconds() / 60}", made.Metadata.Name);
        Assert.Equal("2026-01-01T12:00:00Z", made.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        Assert.Equal(("cron-uid", true), (made.Metadata.OwnerReferences[0].Uid, made.Metadata.OwnerReferences[0].Controller));
        Assert.Equal(Make.Now, plan.Status.LastScheduleTime);
        _cron = _cron with { Status = plan.Status };
        plan = Plan(Make.Now.AddSeconds(30), Job(made.Metadata.Name, Make.Now));
        Assert.Empty(plan.Intents);
        Assert.Equal(TimeSpan.FromSeconds(3570.1), plan.Look);
    }

    [Fact]
    public void Nothing_is_due_before_the_time_or_while_suspended()
    {
        Assert.Empty(Plan(Make.Now.AddSeconds(-10)).Intents);
        _cron = _cron with { Spec = _cron.Spec with { Suspend = true } };
        var plan = Plan(Make.Now.AddSeconds(10));
        Assert.Empty(plan.Intents);
        Assert.Null(plan.Look);
    }

    [Theory]
    [InlineData("Allow", 0, 1)]
    [InlineData("Forbid", 0, 0)]
    [InlineData("Replace", 1, 1)]
    public void A_job_that_still_runs_is_joined_respected_or_replaced(string policy, int deleted, int created)
    {
        var running = Job("report-old", Make.Now.AddHours(-1));
        _cron = _cron with { Spec = _cron.Spec with { ConcurrencyPolicy = policy }, Status = new V1CronJobStatus { Active = [CronPlanner.Reference(running)], LastScheduleTime = Make.Now.AddHours(-1) } };
        var plan = Plan(Make.Now.AddSeconds(1), running);
        Assert.Equal((deleted, created), (plan.Intents.OfType<Delete<V1Job>>().Count(), plan.Intents.OfType<Create<V1Job>>().Count()));
        Assert.Equal(policy == "Forbid", plan.Events.OfType<Tell>().Any(t => t.Reason == "JobAlreadyActive"));
    }

    [Fact]
    public void A_start_that_is_too_late_is_skipped()
    {
        _cron = _cron with { Spec = _cron.Spec with { StartingDeadlineSeconds = 60 } };
        Assert.Single(Plan(Make.Now.AddSeconds(59)).Intents);
        Assert.Empty(Plan(Make.Now.AddSeconds(61)).Intents);
    }

    [Fact]
    public void Of_many_missed_times_only_the_last_is_made_up_for_and_users_are_told()
    {
        _cron = _cron with { Metadata = _cron.Metadata with { CreationTimestamp = Make.Now.AddDays(-30) } };
        var plan = Plan(Make.Now.AddSeconds(1));
        Assert.Equal($"report-{Make.Now.ToUnixTimeSeconds() / 60}", plan.Made?.Metadata.Name);
        Assert.Contains(plan.Events.OfType<Tell>(), t => t.Reason == "TooManyMissedTimes");
    }

    [Fact]
    public void Ended_jobs_beyond_the_history_go_oldest_first_and_each_kind_by_its_own_limit()
    {
        var jobs = Enumerable.Range(1, 5).Reverse().SelectMany(h => new[]
        {
            Ended(Job($"good-{h}", Make.Now.AddHours(-h)), "Complete"), Ended(Job($"bad-{h}", Make.Now.AddHours(-h)), "Failed"),
        }).ToArray();
        var plan = Plan(Make.Now.AddSeconds(-10), jobs);
        Assert.Equal(["bad-2", "bad-3", "bad-4", "bad-5", "good-3", "good-4", "good-5"], plan.Intents.Cast<Delete<V1Job>>().Select(d => d.Key.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_ended_job_leaves_the_list_of_active_ones_and_its_success_is_noted()
    {
        var done = Ended(Job("report-1", Make.Now.AddHours(-1)), "Complete");
        _cron = _cron with { Status = new V1CronJobStatus { Active = [CronPlanner.Reference(done)], LastScheduleTime = Make.Now } };
        var plan = Plan(Make.Now.AddMinutes(1), done);
        Assert.Empty(plan.Status.Active);
        Assert.Equal(Make.Now, plan.Status.LastSuccessfulTime);
        Assert.Equal("Saw completed job: report-1, condition: Complete", plan.Events.OfType<Tell>().Single(t => t.Reason == "SawCompletedJob").Message);
    }

    [Theory]
    [InlineData("0 * * *", null, "UnparseableSchedule")]
    [InlineData("0 * * * *", "Mars/Olympus", "UnknownTimeZone")]
    public void What_cannot_be_read_is_told(string schedule, string? zone, string reason)
    {
        _cron = _cron with { Spec = _cron.Spec with { Schedule = schedule, TimeZone = zone } };
        var plan = Plan(Make.Now.AddSeconds(1));
        Assert.Empty(plan.Intents);
        Assert.Equal(reason, Assert.IsType<Tell>(Assert.Single(plan.Events)).Reason);
    }

    private static V1Job Ended(V1Job job, string condition) => job with
    {
        Status = job.Status with { CompletionTime = Make.Now, Conditions = [new V1JobCondition { Type = condition, Status = "True", LastTransitionTime = Make.Now }] },
    };

    private static V1Job Job(string name, DateTimeOffset start) => Make.OwnedBy(
        new V1Job { Metadata = new V1ObjectMeta { Namespace = "default", Name = name, Uid = "uid-" + name }, Status = new V1JobStatus { StartTime = start } }, "CronJob", "report", "cron-uid");

    private CronPlan Plan(DateTimeOffset now, params V1Job[] jobs) => CronPlanner.Plan(new CronView { CronJob = _cron, Jobs = jobs, LocalZone = TimeZoneInfo.Utc, Now = now });
}
