using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class InProcessTests(RunningServer server)
{
    private InProcess.InProcessApiClient Client => server.Server.Client;

    [Fact]
    public async Task The_same_objects_are_seen_from_inside_and_outside()
    {
        var ns = await server.NamespaceAsync();
        var made = (await Client.CreateAsync(Map(ns, "a"))).Require();

        Assert.Equal(made.Metadata.ResourceVersion, (await server.GetAsync($"/api/v1/namespaces/{ns}/configmaps/a")).ResourceVersion);
        Assert.Same(await Client.GetAsync<V1ConfigMap>(ns, "a"), await Client.GetAsync<V1ConfigMap>(ns, "a"));
        Assert.Equal(["a"], (await Client.ListAsync<V1ConfigMap>(new ListQuery { Namespace = ns })).Items.Select(i => i.Metadata.Name));
        Assert.Null((await Client.DeleteAsync<V1ConfigMap>(ns, "a")).Error);
        Assert.Null(await Client.GetAsync<V1ConfigMap>(ns, "a"));
    }

    [Fact]
    public async Task Refusals_are_values_with_their_status()
    {
        var ns = await server.NamespaceAsync();
        await Client.CreateAsync(Map(ns, "a"));

        Assert.True((await Client.CreateAsync(Map(ns, "a"))).Error!.IsAlreadyExists);
        Assert.True((await Client.CreateAsync(Map(ns, "B"))).Error!.IsInvalid);
        Assert.True((await Client.DeleteAsync<V1ConfigMap>(ns, "none")).Error!.IsNotFound);
        Assert.True((await Client.UpdateAsync(Map(ns, "a") with { Metadata = new V1ObjectMeta { Name = "a", Namespace = ns, ResourceVersion = "1" } })).Error!.IsConflict);
    }

    [Fact]
    public async Task A_watch_from_inside_follows_changes()
    {
        var ns = await server.NamespaceAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var from = (await Client.ListAsync<V1ConfigMap>(new ListQuery { Namespace = ns }, stop.Token)).ResourceVersion;
        await Client.CreateAsync(Map(ns, "a"), stop.Token);

        await foreach (var change in Client.WatchAsync<V1ConfigMap>(new WatchQuery { Namespace = ns, ResourceVersion = from }, stop.Token))
        {
            Assert.Equal((WatchEventType.Added, "a"), (change.Type, change.Object!.Metadata.Name));
            break;
        }
    }

    [Fact]
    public async Task Other_users_may_do_what_they_may()
    {
        var stranger = Client.As(new UserInfo { Name = "stranger", Groups = [UserInfo.AuthenticatedGroup] });

        var refused = await stranger.CreateAsync(Map("default", "x"));

        Assert.True(refused.Error!.IsForbidden);
        await Assert.ThrowsAsync<ApiException>(async () => await stranger.GetAsync<V1ConfigMap>("default", "x"));
    }

    private static V1ConfigMap Map(string ns, string name) => new() { Metadata = new V1ObjectMeta { Namespace = ns, Name = name } };
}
