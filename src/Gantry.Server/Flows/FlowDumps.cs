using System.Globalization;
using System.Text;
using Gantry.Api;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Flows;

/// <summary>
/// The tables under <c>/debug/api_priority_and_fairness/</c>: levels, queues, and requests that wait (with <c>?includeRequestDetails=1</c> also what
/// they ask). Columns and their order are those that tools of Kubernetes read, misspelt names too.
/// </summary>
internal sealed class FlowDumps : IPathHandler
{
    private const string Root = "/debug/api_priority_and_fairness/";

    private static readonly string[] LevelColumns = ["PriorityLevelName", "ActiveQueues", "IsIdle", "IsQuiescing", "WaitingRequests", "ExecutingRequests"];

    private static readonly string[] QueueColumns =
        ["PriorityLevelName", "Index", "PendingRequests", "ExecutingRequests", "SeatsInUse", "NextDispatchR", "InitialSeatsSum", "MaxSeatsSum", "TotalWorkSum"];

    private static readonly string[] RequestColumns =
        ["PriorityLevelName", "FlowSchemaName", "QueueIndex", "RequestIndexInQueue", "FlowDistingsher", "ArriveTime", "InitialSeats", "FinalSeats", "AdditionalLatency"];

    private static readonly string[] DetailColumns = ["UserName", "Verb", "APIPath", "Namespace", "Name", "APIVersion", "Resource", "SubResource"];

    private readonly FlowController _flows;

    public FlowDumps(FlowController flows)
    {
        _flows = flows;
    }

    public ValueTask<ApiAnswer?> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation)
    {
        if (!info.Path.StartsWith(Root, StringComparison.Ordinal))
        {
            return new((ApiAnswer?)null);
        }

        IEnumerable<string[]>? rows = info.Path[Root.Length..] switch
        {
            "dump_priority_levels" => Levels(),
            "dump_queues" => Queues(),
            "dump_requests" => Requests(info.Options["includeRequestDetails"].Length > 0),
            _ => null,
        };
        return new(rows is null ? null : new ApiAnswer.Document(200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(Table([.. rows]))));
    }

    private List<string[]> Levels()
    {
        var rows = new List<string[]> { LevelColumns };
        foreach (var level in _flows.Snapshot.Levels)
        {
            var active = 0;
            level.Inspect((queues, _) => active = queues.Busy.Count(q => q.Waiting.Count > 0));
            rows.Add([level.Name, Text(active), level.IsIdle ? "true" : "false", level.IsQuiescing ? "true" : "false", Text(level.Waiting), Text(level.Executing)]);
        }

        return rows;
    }

    private List<string[]> Queues()
    {
        var rows = new List<string[]> { QueueColumns };
        foreach (var level in _flows.Snapshot.Levels)
        {
            level.Inspect((queues, _) =>
            {
                var busy = queues.Busy.ToDictionary(q => q.Index);
                for (var i = 0; i < Math.Max(queues.Count, busy.Count == 0 ? 0 : busy.Keys.Max() + 1); i++)
                {
                    var queue = busy.GetValueOrDefault(i) ?? new QueueState(i);
                    rows.Add(
                    [
                        level.Name, Text(i), Text(queue.Waiting.Count), Text(queue.Executing), Text(queue.ExecutingSeats),
                        string.Create(CultureInfo.InvariantCulture, $"{queue.NextDispatch:0.00000000}ss"), Text(queue.Waiting.Sum(w => w.Work.Initial)), Text(queue.WaitingSeats),
                        string.Create(CultureInfo.InvariantCulture, $"{queue.Waiting.Sum(w => w.Work.Cost(FairQueues.Guess)):0.00000000}ss"),
                    ]);
                }
            });
        }

        return rows;
    }

    private List<string[]> Requests(bool details)
    {
        var rows = new List<string[]> { details ? [.. RequestColumns, .. DetailColumns] : RequestColumns };
        foreach (var level in _flows.Snapshot.Levels)
        {
            level.Inspect((queues, _) =>
            {
                foreach (var queue in queues.Busy.OrderBy(q => q.Index))
                {
                    rows.AddRange(queue.Waiting.Select((request, i) => Row(level, queue, request, i, details)));
                }
            });
        }

        return rows;
    }

    private static string[] Row(PriorityLevel level, QueueState queue, WaitingRequest request, int index, bool details)
    {
        string[] row =
        [
            level.Name, request.Flow.SchemaName, Text(queue.Index), Text(index), request.Distinguisher,
            request.Arrived.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture), Text(request.Work.Initial), Text(request.Work.Final),
            GoDuration.Format(request.Work.Additional),
        ];
        var info = request.Info;
        return !details ? row
            :
            [
                .. row, request.User.Name, info.Verb, info.Path, info.Namespace, info.Name,
                info.Group.Length == 0 ? info.Version : info.Group + "/" + info.Version, info.Resource, info.Subresource,
            ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Every cell but the last ends with a comma and is padded to its column.
    private static string Table(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => Math.Max(8, rows.Max(r => r[i].Length) + 2)).ToList();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length - 1; i++)
            {
                text.Append((row[i] + ",").PadRight(widths[i]));
            }

            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }
}
