namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class ListTests(RunningServer server)
{
    [Fact]
    public async Task Pages_show_one_moment_even_when_the_world_goes_on()
    {
        var ns = await MadeAsync(5);
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var first = await server.GetAsync(path + "?limit=2");
        Assert.Equal(["c0", "c1"], first.ItemNames);
        Assert.Equal("3", first.Metadata["remainingItemCount"]!.ToString());

        await server.DeleteAsync(path + "/c3");
        await server.PostAsync(path, """{"metadata":{"name":"c2x"}}""");
        var second = await server.GetAsync($"{path}?limit=2&continue={first.Metadata.Text("continue")}");
        var third = await server.GetAsync($"{path}?limit=2&continue={second.Metadata.Text("continue")}");

        Assert.Equal(["c2", "c3"], second.ItemNames);
        Assert.Equal(["c4"], third.ItemNames);
        Assert.Equal(first.ResourceVersion, third.ResourceVersion);
        Assert.Null(third.Metadata.Text("continue"));
        Assert.Equal(["c0", "c1", "c2", "c2x", "c4"], (await server.GetAsync(path)).ItemNames);
    }

    [Fact]
    public async Task A_list_of_an_exact_revision_shows_the_past()
    {
        var ns = await MadeAsync(2);
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var then = (await server.GetAsync(path)).ResourceVersion;
        await server.DeleteAsync(path + "/c0");

        var past = await server.GetAsync($"{path}?resourceVersion={then}&resourceVersionMatch=Exact");

        Assert.Equal(["c0", "c1"], past.ItemNames);
        Assert.Equal(then, past.ResourceVersion);
        Assert.Equal(["c1"], (await server.GetAsync($"{path}?resourceVersion={then}&resourceVersionMatch=NotOlderThan")).ItemNames);
    }

    [Fact]
    public async Task A_revision_that_has_not_happened_is_too_large()
    {
        var answer = await server.GetAsync("/api/v1/configmaps?resourceVersion=999999999");
        Assert.Equal((504, "Timeout"), (answer.Code, answer.Reason));
        Assert.Contains("Too large resource version", answer.Message);
    }

    [Fact]
    public async Task Selectors_choose_by_labels_and_fields()
    {
        var ns = await MadeAsync(4);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        Assert.Equal(["c1", "c3"], (await server.GetAsync(path + "?labelSelector=odd%3Dyes")).ItemNames);
        Assert.Equal(["c0", "c2"], (await server.GetAsync(path + "?labelSelector=odd%20notin%20(yes)")).ItemNames);
        Assert.Equal(["c2"], (await server.GetAsync(path + "?fieldSelector=metadata.name%3Dc2")).ItemNames);
        Assert.Equal(["c0", "c2", "c3"], (await server.GetAsync(path + "?fieldSelector=metadata.name!%3Dc1")).ItemNames);
        Assert.Equal(4, (await server.GetAsync($"/api/v1/configmaps?fieldSelector=metadata.namespace%3D{ns}")).ItemNames.Count(n => n.StartsWith('c')));
    }

    [Fact]
    public async Task Pods_are_chosen_by_their_node()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        foreach (var (name, node) in new[] { ("a", "n1"), ("b", "n2") })
        {
            var made = await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"{{{node}}}","containers":[{"name":"c","image":"i"}]}}""");
            Assert.Equal(201, made.Code);
        }

        Assert.Equal(["b"], (await server.GetAsync($"/api/v1/namespaces/{ns}/pods?fieldSelector=spec.nodeName%3Dn2,status.phase%3DPending")).ItemNames);
    }

    [Fact]
    public async Task Events_are_chosen_by_what_they_are_about_in_both_groups()
    {
        var ns = await server.NamespaceAsync();
        foreach (var kind in new[] { "Pod", "Node" })
        {
            var made = await server.PostAsync($"/api/v1/namespaces/{ns}/events", $$$"""
                {"metadata":{"name":"e-{{{kind}}}"},"involvedObject":{"kind":"{{{kind}}}","namespace":"{{{ns}}}","name":"x"},"reason":"R","message":"m","type":"Normal"}
                """.Replace("e-" + kind, "e-" + kind.ToLowerInvariant(), StringComparison.Ordinal));
            Assert.True(made.Code == 201, made.Text);
        }

        Assert.Equal(["e-node"], (await server.GetAsync($"/api/v1/namespaces/{ns}/events?fieldSelector=involvedObject.kind%3DNode,reason%3DR")).ItemNames);
        Assert.Equal(["e-pod"], (await server.GetAsync($"/apis/events.k8s.io/v1/namespaces/{ns}/events?fieldSelector=regarding.kind%3DPod,type!%3DWarning")).ItemNames);
    }

    private async Task<string> MadeAsync(int count)
    {
        var ns = await server.NamespaceAsync();
        for (var i = 0; i < count; i++)
        {
            await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"c{{{i}}}","labels":{"odd":"{{{(i % 2 == 1 ? "yes" : "no")}}}"}} }""");
        }

        return ns;
    }
}
