using System.Net.Http.Headers;
using Gantry.Server.Tests.Serving;
using Gantry.Testing;

namespace Gantry.Server.Tests.Flows;

public sealed class FairnessTests : IAsyncLifetime, IDisposable
{
    private readonly Gate _gate = new();
    private readonly RunningServer _server;

    public FairnessTests()
    {
        // On a clock that stands still levels do not borrow, and all requests cost the same.
        _server = new RunningServer
        {
            Paths = [_gate],
            Clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow()),
            Configure = o => o with { Limits = new RequestLimits { MaxRequestsInFlight = 20, MaxMutatingRequestsInFlight = 5 } },
        };
    }

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        await MadeAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", """
            {"metadata":{"name":"gate"},"rules":[{"verbs":["get"],"nonResourceURLs":["/gate"]},{"verbs":["*"],"apiGroups":[""],"resources":["configmaps"]}]}
            """);
        await MadeAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
            {"metadata":{"name":"gate"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"gate"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:authenticated"}]}
            """);
    }

    public async Task DisposeAsync()
    {
        _gate.LetGo(1000);
        await _server.DisposeAsync();
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task One_users_flood_does_not_keep_another_waiting()
    {
        await LevelAsync("""{"type":"Queue","queuing":{"queues":32,"handSize":4,"queueLengthLimit":5}}""");
        var flood = Enumerable.Range(0, 12).Select(_ => AskAsync("big")).ToList();
        Assert.Equal("big", await _gate.EnteredAsync());
        await WaitingAsync(11);

        var small = AskAsync("small");
        await WaitingAsync(12);
        var turns = 0;
        string next;
        do
        {
            _gate.LetGo();
            next = await _gate.EnteredAsync();
            turns++;
        }
        while (next != "small");

        // One turn for each queue of the flood's hand, and then the other's.
        Assert.InRange(turns, 1, 5);
        _gate.LetGo(20);
        Assert.Equal(200, (int)(await small).StatusCode);
        Assert.All(await Task.WhenAll(flood), answer => Assert.Equal(200, (int)answer.StatusCode));
    }

    [Fact]
    public async Task What_finds_its_queue_full_is_refused_and_told_when_to_come_back()
    {
        await LevelAsync("""{"type":"Queue","queuing":{"queues":1,"handSize":1,"queueLengthLimit":2}}""");
        var taken = Enumerable.Range(0, 3).Select(_ => AskAsync("big")).ToList();
        Assert.Equal("big", await _gate.EnteredAsync());
        await WaitingAsync(2);

        using var refused = await AskAsync("small");

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("Too many requests, please try again later.\n", await refused.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", refused.Content.Headers.ContentType!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Contains(
            "apiserver_flowcontrol_rejected_requests_total{priority_level=\"narrow\",flow_schema=\"narrow\",reason=\"queue-full\"} 1\n",
            (await _server.GetAsync("/metrics")).Text);
        _gate.LetGo(3);
        Assert.All(await Task.WhenAll(taken), answer => Assert.Equal(200, (int)answer.StatusCode));
        var figures = (await _server.GetAsync("/metrics")).Text;
        foreach (var figure in new[] { "request_wait_duration_seconds_count{execute=\"true\",", "request_execution_seconds_count{type=\"regular\",", "request_queue_length_after_enqueue_count{", "work_estimated_seats_bucket{" })
        {
            Assert.Contains($"\napiserver_flowcontrol_{figure}priority_level=\"narrow\",flow_schema=\"narrow\"", figures);
        }
    }

    [Fact]
    public async Task A_level_that_queues_nothing_refuses_what_finds_no_seat()
    {
        await LevelAsync("""{"type":"Reject"}""");
        var taken = AskAsync("big");
        Assert.Equal("big", await _gate.EnteredAsync());

        using var refused = await AskAsync("small");
        _gate.LetGo();

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(200, (int)(await taken).StatusCode);
        Assert.Contains("\napiserver_request_terminations_total{code=\"429\",component=\"apiserver\",group=\"\",resource=\"\",scope=\"\",subresource=\"\",verb=\"GET\",version=\"\"} 1\n", (await _server.GetAsync("/metrics")).Text);
    }

    [Fact]
    public async Task Answers_name_the_uids_of_their_schema_and_level()
    {
        await LevelAsync("""{"type":"Reject"}""");
        var schema = (await _server.GetAsync("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/narrow")).Metadata.Text("uid");
        var level = (await _server.GetAsync("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/narrow")).Metadata.Text("uid");

        using var answer = await SendAsync("small", "/api/v1/namespaces/default/configmaps");

        Assert.Equal(schema, Assert.Single(answer.Headers.GetValues("X-Kubernetes-PF-FlowSchema-UID")));
        Assert.Equal(level, Assert.Single(answer.Headers.GetValues("X-Kubernetes-PF-PriorityLevel-UID")));
    }

    [Fact]
    public async Task A_watch_has_a_seat_only_until_it_has_begun()
    {
        await LevelAsync("""{"type":"Reject"}""");
        using var watch = await SendAsync("big", "/api/v1/namespaces/default/configmaps?watch=1", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)watch.StatusCode);

        var answer = await UntilAsync(async () => await SendAsync("small", "/api/v1/namespaces/default/configmaps"), a => (int)a.StatusCode == 200);

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Waiting_requests_can_be_looked_at()
    {
        await LevelAsync("""{"type":"Queue","queuing":{"queues":2,"handSize":1,"queueLengthLimit":5}}""");
        var taken = Enumerable.Range(0, 2).Select(_ => AskAsync("big")).ToList();
        Assert.Equal("big", await _gate.EnteredAsync());
        await WaitingAsync(1);

        var requests = (await _server.GetAsync("/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=1")).Text.Split('\n');
        var queues = (await _server.GetAsync("/debug/api_priority_and_fairness/dump_queues")).Text.Split('\n');
        _gate.LetGo(2);
        await Task.WhenAll(taken);

        Assert.Equal(["PriorityLevelName", "FlowSchemaName", "QueueIndex", "RequestIndexInQueue", "FlowDistingsher"], Cells(requests[0])[..5]);
        var row = Cells(requests[1]);
        Assert.Equal(("narrow", "narrow", "big", "big", "get", "/gate"), (row[0], row[1], row[4], row[9], row[10], row[11]));
        Assert.Equal(2, queues.Count(q => q.StartsWith("narrow,", StringComparison.Ordinal)));
    }

    private static string[] Cells(string line) => line.Split(',', StringSplitOptions.TrimEntries);

    // One seat for the two users, never lent and never borrowed.
    private async Task LevelAsync(string response)
    {
        await MadeAsync("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations", $$$"""
            {"metadata":{"name":"narrow"},"spec":{"type":"Limited",
             "limited":{"limitResponse":{{{response}}},"nominalConcurrencyShares":1,"lendablePercent":0,"borrowingLimitPercent":0} } }
            """);
        await MadeAsync("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", """
            {"metadata":{"name":"narrow"},"spec":{"matchingPrecedence":50,"priorityLevelConfiguration":{"name":"narrow"},"distinguisherMethod":{"type":"ByUser"},
             "rules":[{"subjects":[{"kind":"User","user":{"name":"big"}},{"kind":"User","user":{"name":"small"}}],
             "nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}],
             "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"namespaces":["*"],"clusterScope":true}]}]}}
            """);
        await UntilAsync(() => _server.GetAsync("/debug/api_priority_and_fairness/dump_priority_levels"), d => d.Text.Contains("\nnarrow,", StringComparison.Ordinal));
        await UntilAsync(
            async () => (await SendAsync("small", "/api/v1/namespaces/default/configmaps")).Headers.GetValues("X-Kubernetes-PF-FlowSchema-UID").Single(),
            async uid => uid == (await _server.GetAsync("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/narrow")).Metadata.Text("uid"));
    }

    private Task<Answer> WaitingAsync(int count) => UntilAsync(
        () => _server.GetAsync("/debug/api_priority_and_fairness/dump_priority_levels"),
        d => d.Text.Split('\n').Any(line => Cells(line) is ["narrow", _, _, _, var waiting, _] && waiting == count.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private Task<HttpResponseMessage> AskAsync(string token) => SendAsync(token, "/gate");

    private async Task<HttpResponseMessage> SendAsync(string token, string path, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _server.Http.SendAsync(request, until);
    }

    private async Task MadeAsync(string path, string body)
    {
        var made = await _server.PostAsync(path, body);
        Assert.True(made.Code == 201, made.Text);
    }

    private static Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds) => UntilAsync(read, value => Task.FromResult(holds(value)));

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (true)
        {
            var value = await read();
            if (await holds(value))
            {
                return value;
            }

            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
