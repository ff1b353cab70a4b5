using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Tables;

namespace Gantry.Server.Tests.Tables;

public sealed class PodCellsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}},{"name":"b","state":{"waiting":{"reason":"CrashLoopBackOff"}},"restartCount":3,"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:57:00Z"}}}]}""", "1/2|CrashLoopBackOff|3 (3m ago)")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}]}""", "0/2|Init:0/1|0")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":7}},"restartCount":2}]}""", "0/2|Init:ExitCode:7|2")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""", "0/2|Init:ImagePullBackOff|0")]
    [InlineData("""{"phase":"Running","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}}],"containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,"reason":"Completed"}}},{"name":"b","ready":true,"state":{"running":{}}}]}""", "1/2|NotReady|0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}]}""", "0/2|Signal:9|0")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "0/2|Evicted|0")]
    [InlineData("""{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}""", "0/2|SchedulingGated|0")]
    public void The_status_is_the_most_telling_state(string status, string expected)
    {
        var cells = TableRenderer.Cells(Pod(status), Now);
        Assert.Equal(expected, string.Join('|', cells.Skip(1).Take(3).Select(c => ((TreeString)c).Value)));
        Assert.Equal("60m", ((TreeString)cells[4]).Value);
    }

    [Fact]
    public void A_pod_that_is_being_deleted_says_so_unless_it_has_ended()
    {
        var deleted = Pod("""{"phase":"Running"}""", ""","deletionTimestamp":"2026-01-01T00:30:00Z" """);
        Assert.Equal("Terminating", ((TreeString)TableRenderer.Cells(deleted, Now)[2]).Value);
        var ended = Pod("""{"phase":"Succeeded"}""", ""","deletionTimestamp":"2026-01-01T00:30:00Z" """);
        Assert.Equal("Succeeded", ((TreeString)TableRenderer.Cells(ended, Now)[2]).Value);
    }

    private static V1Pod Pod(string status, string more = "") => ApiJson.Decode<V1Pod>(Encoding.UTF8.GetBytes(
        $$"""{"metadata":{"name":"p","creationTimestamp":"2026-01-01T00:00:00Z"{{more}}},"spec":{"initContainers":[{"name":"i"}],"containers":[{"name":"a"},{"name":"b"}]},"status":{{status}}}"""));
}
