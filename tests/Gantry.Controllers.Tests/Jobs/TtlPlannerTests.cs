using Gantry.Api.Models;
using Gantry.Controllers.TtlAfterFinished;

namespace Gantry.Controllers.Tests.Jobs;

public sealed class TtlPlannerTests
{
    [Theory]
    [InlineData("Complete", 60, 60)]
    [InlineData("Failed", 0, 0)]
    [InlineData("SuccessCriteriaMet", 60, null)]
    [InlineData("Complete", null, null)]
    public void An_ended_job_goes_when_its_time_is_up(string condition, int? ttl, int? rest)
    {
        var job = new V1Job
        {
            Spec = new V1JobSpec { TtlSecondsAfterFinished = ttl },
            Status = new V1JobStatus { Conditions = [new V1JobCondition { Type = condition, Status = "True", LastTransitionTime = Make.Now }] },
        };
        Assert.Equal(rest, (int?)TtlPlanner.Rest(job, Make.Now)?.TotalSeconds);
    }
}
