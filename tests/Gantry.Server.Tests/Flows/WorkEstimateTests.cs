using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Flows;
using Gantry.Server.Requests;
using Gantry.Server.Tests.Serving;
using Gantry.Testing;

namespace Gantry.Server.Tests.Flows;

/// <summary>What lists and writes cost, and how long things were so.</summary>
public sealed class WorkEstimateTests
{
    private const string Level = "priority_level=\"global-default\",flow_schema=\"global-default\"";

    [Fact]
    public async Task Lists_cost_by_what_is_looked_at_and_writes_by_who_watches()
    {
        await using var running = await StartAsync();
        var server = running.Server;
        var ns = await server.NamespaceAsync();
        await Task.WhenAll(Enumerable.Range(0, 450).Select(async i =>
            Assert.Null((await server.Server.Client.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = ns, Name = "c" + i } })).Error)));
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        Assert.Equal(5, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Get, path)));
        Assert.Equal(2, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Get, path + "?limit=100")));
        Assert.Equal(5, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Get, path + "?limit=10&labelSelector=a")));
        Assert.Equal(5, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Get, path + "?limit=10&resourceVersion=0")));
        Assert.Equal(1, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Get, path + "?fieldSelector=metadata.name%3Dc1")));
        Assert.Equal(1, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Post, path, """{"metadata":{"name":"unwatched"}}""")));

        // Those that ask for one name do not hear of others.
        var watches = new List<HttpResponseMessage>();
        for (var i = 0; i < 25; i++)
        {
            watches.Add(await SendAsync(server, HttpMethod.Get, (i % 2 == 0 ? path : "/api/v1/configmaps") + "?watch=1"));
            watches.Add(await SendAsync(server, HttpMethod.Get, path + "?watch=1&fieldSelector=metadata.name%3Dc1"));
        }

        Assert.Equal(3, await SeatsAsync(server, () => SendAsync(server, HttpMethod.Post, path, """{"metadata":{"name":"watched"}}""")));
        Assert.Equal(25, await FigureAsync(server, $"apiserver_flowcontrol_watch_count_samples_sum{{{Level}}}"));
        watches.ForEach(w => w.Dispose());
        await UntilAsync(async () => await SeatsAsync(server, () => SendAsync(server, HttpMethod.Patch, path + "/watched", """{"data":{"a":"b"}}""")) == 1);
        await UntilAsync(async () => await FigureAsync(server, $"apiserver_flowcontrol_current_executing_seats{{{Level}}}") == 0);
    }

    [Fact]
    public void Seats_of_a_write_are_free_when_its_events_are_told()
    {
        var clock = new ManualTimeProvider();
        var level = new PriorityLevel("l", new FlowSettings(600, TimeSpan.FromSeconds(60)), clock);
        level.Divide(new SeatLimits(10, 10, 10));
        var work = new Work(1, 4, TimeSpan.FromMilliseconds(15));
        Assert.True(level.TryTake(work.Seats));
        level.Give(work, null, TimeSpan.FromMilliseconds(2));
        Assert.Equal((4, 0), (level.InUse, level.Executing));
        clock.Advance(TimeSpan.FromMilliseconds(14));
        Assert.Equal(4, level.InUse);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, level.InUse);
    }

    [Fact]
    public void A_level_knows_how_long_how_much_of_it_was_in_use()
    {
        var clock = new ManualTimeProvider();
        var level = new PriorityLevel("l", new FlowSettings(600, TimeSpan.FromSeconds(60)), clock);
        level.Divide(new SeatLimits(10, 10, 10));
        level.Observe();
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.True(level.TryTake(5));
        clock.Advance(TimeSpan.FromSeconds(4));
        var demand = level.Observe();
        // Nothing for six seconds and five seats for four: two on average, and as far from it as the root of six.
        Assert.Equal(2, level.LastDemand.Average, 6);
        Assert.Equal(Math.Sqrt(6), level.LastDemand.Deviation, 6);
        Assert.Equal(5, level.LastDemand.Highest);
        Assert.Equal(2 + Math.Sqrt(6), demand.Smoothed, 6);
    }

    [Fact]
    public async Task Figures_tell_for_how_long_seats_were_in_use()
    {
        await using var running = await StartAsync();
        var server = running.Server;
        await SendAsync(server, HttpMethod.Get, "/api/v1/configmaps");
        var text = (await server.GetAsync("/metrics")).Text;
        foreach (var figure in new[]
        {
            "priority_level_seat_utilization_bucket{phase=\"executing\",priority_level=\"global-default\",le=\"0.1\"}",
            "priority_level_request_utilization_count{phase=\"waiting\",priority_level=\"catch-all\"}",
            "demand_seats_bucket{priority_level=\"workload-low\",le=\"+Inf\"}",
            "demand_seats_stdev{priority_level=\"workload-low\"}",
            "read_vs_write_current_requests_count{phase=\"executing\",request_kind=\"mutating\"}",
            "current_executing_seats{priority_level=\"exempt\",flow_schema=\"exempt\"}",
            "request_dispatch_no_accommodation_total{priority_level=\"catch-all\",flow_schema=\"catch-all\"}",
        })
        {
            Assert.Contains("\napiserver_flowcontrol_" + figure, text, StringComparison.Ordinal);
        }

        Assert.True(await FigureAsync(server, "apiserver_flowcontrol_priority_level_seat_utilization_count{phase=\"executing\",priority_level=\"global-default\"}") > 0);
    }

    [Theory]
    [InlineData("GET", "/api/v1/pods?watch=1", "POST", "/api/v1/namespaces/a/pods", 1)]
    [InlineData("GET", "/api/v1/namespaces/a/pods?watch=1", "PUT", "/api/v1/namespaces/a/pods/p", 1)]
    [InlineData("GET", "/api/v1/namespaces/b/pods?watch=1", "PUT", "/api/v1/namespaces/a/pods/p", 0)]
    [InlineData("GET", "/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn", "POST", "/api/v1/namespaces/a/pods", 0)]
    [InlineData("GET", "/api/v1/pods?watch=1&fieldSelector=spec.nodeName%21%3Dn", "POST", "/api/v1/namespaces/a/pods", 1)]
    [InlineData("GET", "/api/v1/namespaces/a/services?watch=1&fieldSelector=metadata.name%3Ds", "PUT", "/api/v1/namespaces/a/services/s", 1)]
    [InlineData("GET", "/api/v1/namespaces/a/services?watch=1&fieldSelector=metadata.name%3Ds", "PUT", "/api/v1/namespaces/a/services/t", 0)]
    [InlineData("GET", "/apis/apps/v1/deployments?watch=1", "POST", "/api/v1/namespaces/a/pods", 0)]
    public void Watches_count_for_what_they_may_hear_of(string watchMethod, string watch, string method, string path, int count)
    {
        var counts = new WatchCounts();
        using (counts.Add(Info(watchMethod, watch)))
        {
            Assert.Equal(count, counts.Interested(Info(method, path)));
        }

        Assert.Equal(0, counts.Interested(Info(method, path)));
    }

    private static RequestInfo Info(string method, string url) => RequestInfoParser.Parse(method, url.Split('?')[0], url.Contains('?', StringComparison.Ordinal) ? url[url.IndexOf('?', StringComparison.Ordinal)..] : "");

    private static async Task<Running> StartAsync()
    {
        var server = new RunningServer();
        await server.InitializeAsync();
        Assert.Equal(201, (await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles",
            """{"metadata":{"name":"maps"},"rules":[{"verbs":["*"],"apiGroups":[""],"resources":["configmaps"]}]}""")).Code);
        Assert.Equal(201, (await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """{"metadata":{"name":"maps"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"maps"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"nobody"}]}""")).Code);
        await UntilAsync(async () => (await server.SendAsync(HttpMethod.Get, "/api/v1/configmaps", token: "nobody")).Code == 200);
        return new Running(server);
    }

    private static async Task<double> SeatsAsync(RunningServer server, Func<Task<HttpResponseMessage>> ask)
    {
        var figure = $"apiserver_flowcontrol_work_estimated_seats_sum{{{Level}}}";
        var before = await FigureAsync(server, figure);
        using var answer = await ask();
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        return await FigureAsync(server, figure) - before;
    }

    private static async Task<double> FigureAsync(RunningServer server, string name)
    {
        var line = (await server.GetAsync("/metrics")).Text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "nobody");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
        }

        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    private sealed class Running(RunningServer server) : IAsyncDisposable
    {
        public RunningServer Server { get; } = server;

        public async ValueTask DisposeAsync() => await ((IAsyncLifetime)Server).DisposeAsync();
    }
}
