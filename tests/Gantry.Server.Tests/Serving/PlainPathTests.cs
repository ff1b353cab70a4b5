using System.Net.Sockets;
using System.Runtime.Versioning;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
[SupportedOSPlatform("linux")]
public sealed class PlainPathTests(RunningServer server)
{
    [Fact]
    public async Task Health_is_told_to_everybody_check_by_check()
    {
        using var stranger = new HttpClient(server.Trusting()) { BaseAddress = server.Server.Address };

        Assert.Equal("ok", await stranger.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        Assert.Equal("ok", (await server.GetAsync("/livez/ping")).Text);
        Assert.EndsWith("readyz check passed\n", (await server.GetAsync("/readyz?verbose")).Text);
        Assert.Equal(404, (await server.GetAsync("/readyz/nothing")).Code);
    }

    [Fact]
    public async Task Health_knows_the_checks_of_kubernetes_and_exact_paths_alone()
    {
        var (ready, live) = ((await server.GetAsync("/readyz?verbose")).Text, (await server.GetAsync("/livez?verbose")).Text);
        Assert.StartsWith("[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\n[+]poststarthook/start-apiserver-admission-initializer ok\n", ready);
        Assert.EndsWith("[+]autoregister-completion ok\n[+]poststarthook/apiservice-openapi-controller ok\n[+]poststarthook/apiservice-openapiv3-controller ok\n[+]shutdown ok\nreadyz check passed\n", ready);
        Assert.DoesNotContain("etcd-readiness", live, StringComparison.Ordinal);
        Assert.Equal((200, "ok"), await Of("/livez/poststarthook/rbac/bootstrap-roles"));
        foreach (var path in (string[])["/healthz/", "/livez/ping/", "/livez/etcd-readiness", "/metrics/"])
        {
            Assert.Equal((404, "404 page not found\n"), await Of(path));
        }

        async Task<(int, string)> Of(string path)
        {
            var answer = await server.GetAsync(path);
            return (answer.Code, answer.Text);
        }
    }

    [Fact]
    public async Task Health_checks_leave_their_results_behind()
    {
        await server.GetAsync("/readyz");
        var figures = (await server.GetAsync("/metrics/slis")).Text;
        Assert.Contains("\n# TYPE kubernetes_healthcheck gauge\n", figures, StringComparison.Ordinal);
        Assert.Contains("\nkubernetes_healthcheck{name=\"etcd\",type=\"readyz\"} 1\n", figures, StringComparison.Ordinal);
        Assert.Matches("\nkubernetes_healthchecks_total{name=\"informer-sync\",status=\"success\",type=\"readyz\"} [1-9]", figures);
        Assert.DoesNotContain("name=\"shutdown\",type=\"livez\"", figures, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_root_names_paths_that_are_served()
    {
        var paths = (await server.GetAsync("/")).Body.List("paths")!.Select(p => p.ToString().Trim('"')).ToList();
        Assert.Contains("/livez/etcd", paths);
        Assert.Contains("/readyz/shutdown", paths);
        Assert.DoesNotContain("/livez/shutdown", paths);
        Assert.Contains("/apis/", paths);
        // A prefix that other paths begin with, and no path itself.
        Assert.True(paths.Remove("/openapi/v3/"));
        foreach (var path in paths)
        {
            Assert.Equal((path, 200), (path, (await server.GetAsync(path)).Code));
        }
    }

    [Fact]
    public async Task Discovery_lists_what_is_served_as_the_real_server_does()
    {
        if (Gantry.Testing.Reference.Folder is not { } folder)
        {
            return;
        }

        var expected = (TreeMap)TreeJson.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "discovery.json")));
        foreach (var (path, list) in expected)
        {
            var answer = await server.GetAsync(path);
            var served = answer.Body.List("resources")!.OfType<TreeMap>().Select(r => r.ToString()).ToList();
            var wanted = ((TreeMap)list).List("resources")!.OfType<TreeMap>().Select(r => r.ToString()).ToList();
            Assert.Equal(wanted, served);
        }
    }

    [Fact]
    public async Task Everything_served_comes_in_two_documents_where_clients_know_that()
    {
        var groups = await server.SendAsync(HttpMethod.Get, "/apis", accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
        Assert.Equal("APIGroupDiscoveryList", groups.Body.Text("kind"));
        Assert.Equal("apiregistration.k8s.io", ((TreeMap)groups.Body.List("items")![0]).Map("metadata")!.Text("name"));
        Assert.Equal("APIGroupList", (await server.GetAsync("/apis")).Body.Text("kind"));
    }

    [Fact]
    public async Task Requests_are_counted()
    {
        await server.GetAsync("/api/v1/namespaces/default/configmaps");
        var metrics = (await server.GetAsync("/metrics")).Text;
        Assert.Contains("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"}", metrics);
        Assert.Contains("apiserver_request_duration_seconds_bucket{component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\",le=\"0.005\"}", metrics);
        Assert.Contains("\nauthentication_attempts{result=\"success\"} ", metrics);
        Assert.Contains("\nauthorization_attempts_total{result=\"allowed\"} ", metrics);
        Assert.Contains("\nauthenticated_user_requests{username=\"admin\"} ", metrics);
        Assert.Contains("\naggregator_unavailable_apiservice{name=\"v1.apps\"} 0\n", metrics);
        Assert.Matches("\nkubernetes_build_info\\{build_date=\"[^\"]+\",compiler=\"[^\"]+\",git_commit=\"[^\"]+\",git_tree_state=\"clean\",git_version=\"v1[.]32[^\"]+\",go_version=\"[^\"]+\",major=\"1\",minor=\"32\",platform=\"linux/[a-z0-9]+\"\\} 1\n", metrics);
        Assert.Contains("apiserver_response_sizes_count{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\",version=\"v1\"}", metrics);
    }

    [Theory]
    [InlineData(null, 200, true)]
    [InlineData("wrong", 401, true)]
    [InlineData("admin", 200, false)]
    public async Task Who_is_nobody_or_somebody_unknown_has_to_come_back_over_another_connection(string? token, int code, bool parts)
    {
        var made = 0;
        using var handler = server.Trusting();
        handler.ConnectCallback = async (context, cancellation) =>
        {
            Interlocked.Increment(ref made);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var http = new HttpClient(handler) { BaseAddress = server.Server.Address, DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        // When the server's word to go arrives is not known, but it does.
        for (var i = 0; i < (parts ? 1000 : 20) && made < 2; i++)
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
            Assert.Equal(code, (int)answer.StatusCode);
        }

        Assert.Equal(parts ? 2 : 1, made);
    }

    [Fact]
    public async Task The_version_says_which_kubernetes_this_is()
    {
        var version = (await server.GetAsync("/version")).Body;
        Assert.Equal(("1", "32"), (version.Text("major"), version.Text("minor")));
        Assert.StartsWith("v1.32.", version.Text("gitVersion"));
    }

    [Fact]
    public async Task The_kubeconfig_is_for_the_administrator_alone_and_works()
    {
        var file = Path.Combine(server.Folder, "admin.kubeconfig");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var connection = Gantry.Client.Http.Kubeconfig.Load(file);
        using var http = Gantry.Client.Http.ApiHttp.Connect(connection, TimeProvider.System);
        var client = new Gantry.Client.Http.HttpApiClient(http);

        Assert.NotNull(await client.GetAsync<Gantry.Api.Models.V1Namespace>("", "kube-system"));
    }
}
