using System.Net.WebSockets;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class WatchTests(RunningServer server)
{
    [Fact]
    public async Task A_watch_shows_what_is_there_and_then_what_happens()
    {
        var (ns, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1");
        Assert.Equal("ADDED first", await watch.NextAsync());

        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");
        await server.MergeAsync(path + "/second", """{"data":{"a":"b"}}""");
        await server.DeleteAsync(path + "/second");

        Assert.Equal(["ADDED second", "MODIFIED second", "DELETED second"], await watch.NextAsync(3));
        Assert.NotEmpty(ns);
    }

    [Fact]
    public async Task A_watch_resumes_after_the_revision_it_names()
    {
        var (_, path) = await BeginAsync();
        var from = (await server.GetAsync(path)).ResourceVersion;
        await server.PostAsync(path, """{"metadata":{"name":"later"}}""");
        await server.DeleteAsync(path + "/first");

        using var watch = await WatchAsync($"{path}?watch=1&resourceVersion={from}");

        Assert.Equal(["ADDED later", "DELETED first"], await watch.NextAsync(2));
    }

    [Fact]
    public async Task For_a_selector_objects_come_and_go_with_their_labels()
    {
        var (_, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1&labelSelector=on");
        await server.MergeAsync(path + "/first", """{"metadata":{"labels":{"on":"1"}}}""");
        await server.MergeAsync(path + "/first", """{"metadata":{"labels":{"on":"2"}}}""");
        await server.MergeAsync(path + "/first", """{"metadata":{"labels":{"on":null}}}""");

        Assert.Equal(["ADDED first", "MODIFIED first", "DELETED first"], await watch.NextAsync(3));
    }

    [Fact]
    public async Task The_end_of_what_was_there_is_marked_where_asked()
    {
        var (_, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        Assert.Equal("ADDED first", await watch.NextAsync());
        var mark = await watch.ReadAsync();
        Assert.Equal("BOOKMARK", mark.Text("type"));
        Assert.Equal("true", mark.Map("object")!.Map("metadata")!.Map("annotations")!.Text("k8s.io/initial-events-end"));
    }

    [Fact]
    public async Task A_watch_ends_when_its_time_is_over()
    {
        var (_, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1&timeoutSeconds=1");

        Assert.Equal("ADDED first", await watch.NextAsync());
        Assert.Null(await watch.LineAsync());
    }

    [Fact]
    public async Task Watches_over_web_sockets_send_one_message_for_each_event()
    {
        var (_, path) = await BeginAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        using var connections = new HttpMessageInvoker(server.Trusting());
        await socket.ConnectAsync(new Uri($"wss://{server.Server.Address.Authority}{path}?watch=1"), connections, CancellationToken.None);

        Assert.Equal("ADDED first", await MessageAsync(socket));
        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");
        Assert.Equal("ADDED second", await MessageAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
    }

    [Fact]
    public async Task A_watch_of_no_revision_with_bookmarks_is_a_streaming_list()
    {
        var (_, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1&allowWatchBookmarks=1&resourceVersion=0");

        Assert.Equal("ADDED first", await watch.NextAsync());
        var mark = await watch.ReadAsync();
        Assert.Equal("true", mark.Map("object")!.Map("metadata")!.Map("annotations")!.Text("k8s.io/initial-events-end"));
    }

    [Fact]
    public async Task Without_initial_events_a_watch_begins_with_what_happens_next()
    {
        var (_, path) = await BeginAsync();
        using var watch = await WatchAsync($"{path}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");

        Assert.Equal("ADDED second", await watch.NextAsync());
    }

    [Fact]
    public async Task A_bookmark_comes_shortly_before_the_end()
    {
        var (_, path) = await BeginAsync();
        var from = (await server.GetAsync(path)).ResourceVersion;
        using var watch = await WatchAsync($"{path}?watch=1&allowWatchBookmarks=1&timeoutSeconds=3&resourceVersion={from}");

        var mark = await watch.ReadAsync();
        Assert.Equal("BOOKMARK", mark.Text("type"));
        Assert.True(long.Parse(mark.Map("object")!.Map("metadata")!.Text("resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture)
            >= long.Parse(from, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Null(await watch.LineAsync());
    }

    [Fact]
    public async Task A_watch_from_the_future_says_nothing_of_what_comes_before()
    {
        var (_, path) = await BeginAsync();
        var now = long.Parse((await server.GetAsync(path)).ResourceVersion, System.Globalization.CultureInfo.InvariantCulture);
        using var watch = await WatchAsync(System.FormattableString.Invariant($"{path}?watch=1&resourceVersion={now + 1_000_000}&timeoutSeconds=1"));
        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");

        Assert.Null(await watch.LineAsync());
    }

    [Fact]
    public async Task A_streaming_list_of_the_future_is_too_large()
    {
        var (_, path) = await BeginAsync();
        var answer = await server.GetAsync($"{path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999999");
        Assert.Equal((504, "Timeout"), (answer.Code, answer.Reason));
    }

    [Fact]
    public async Task The_old_paths_of_watches_are_still_served()
    {
        var (ns, path) = await BeginAsync();
        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");
        using var all = await WatchAsync($"/api/v1/watch/namespaces/{ns}/configmaps");
        using var one = await WatchAsync($"/api/v1/watch/namespaces/{ns}/configmaps/second");

        Assert.Equal(["ADDED first", "ADDED second"], await all.NextAsync(2));
        Assert.Equal("ADDED second", await one.NextAsync());
        var conflict = await server.GetAsync($"/api/v1/watch/namespaces/{ns}/configmaps/second?fieldSelector=metadata.name%3Dfirst");
        Assert.Equal((400, "fieldSelector metadata.name doesn't match requested name"), (conflict.Code, conflict.Message));
    }

    [Theory]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io", "Table")]
    [InlineData("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "PartialObjectMetadata")]
    public async Task Watches_come_in_the_form_that_is_asked_for(string accept, string kind)
    {
        var (_, path) = await BeginAsync();
        await server.PostAsync(path, """{"metadata":{"name":"second"}}""");
        using var watch = await WatchAsync($"{path}?watch=1", accept);

        Assert.Equal(kind, (await watch.ReadAsync()).Map("object")!.Text("kind"));
        Assert.Equal(kind, (await watch.ReadAsync()).Map("object")!.Text("kind"));
    }

    private static async Task<string> MessageAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.True(result.EndOfMessage);
        return Watch.Show((TreeMap)TreeJson.Parse(buffer.AsSpan(0, result.Count)));
    }

    private async Task<(string Namespace, string Path)> BeginAsync()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"first"}}""");
        return (ns, path);
    }

    private async Task<Watch> WatchAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return new Watch(response, new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8));
    }

    private sealed class Watch(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public static string Show(TreeMap change) => $"{change.Text("type")} {change.Map("object")!.Map("metadata")!.Text("name")}";

        public async Task<string?> LineAsync() => await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

        public async Task<TreeMap> ReadAsync() => (TreeMap)TreeJson.Parse(await LineAsync() ?? throw new EndOfStreamException("the watch has ended"));

        public async Task<string> NextAsync() => Show(await ReadAsync());

        public async Task<IReadOnlyList<string>> NextAsync(int count)
        {
            var seen = new List<string>();
            while (seen.Count < count)
            {
                seen.Add(await NextAsync());
            }

            return seen;
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }
    }
}
