using System.Collections.Concurrent;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;
using Gantry.Server.Writing;

namespace Gantry.Server.Tests.Admission;

/// <summary>Who sees what of an object whose name the server makes, and what happens when the name is taken.</summary>
public sealed class GeneratedNameTests : IAsyncLifetime, IDisposable
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    private readonly FewSuffixes _ids = new();
    private readonly RunningServer _server;

    public GeneratedNameTests() => _server = new RunningServer { Ids = _ids };

    public Task InitializeAsync() => _server.InitializeAsync();

    public void Dispose() => _server.Dispose();

    public Task DisposeAsync() => ((IAsyncLifetime)_server).DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("?dryRun=All")]
    public async Task Webhooks_that_change_an_object_see_it_without_name_uid_and_time_and_those_that_judge_it_with_all_of_them(string query)
    {
        var (changing, judging) = (new ConcurrentQueue<TreeMap>(), new ConcurrentQueue<TreeMap>());
        var ns = await _server.NamespaceAsync();
        await using var first = await HookAsync("mutating", ns, "configmaps", changing, Allow);
        await using var second = await HookAsync("validating", ns, "configmaps", judging, Allow);

        var made = await _server.PostAsync($"/api/v1/namespaces/{ns}/configmaps{query}", """{"metadata":{"generateName":"x-","uid":"mine","creationTimestamp":"2020-01-01T00:00:00Z"}}""");

        Assert.True(made.Code == 201, made.Text);
        var before = Assert.Single(changing);
        Assert.False(before.Contains("name"));
        var metadata = before.Map("object")!.Map("metadata")!;
        Assert.Equal(("", "", "x-", ns), (metadata.Text("name") ?? "", metadata.Text("uid") ?? "", metadata.Text("generateName"), metadata.Text("namespace")));
        Assert.IsType<TreeNull>(metadata["creationTimestamp"]);
        var after = Assert.Single(judging);
        var name = made.Metadata.Text("name");
        Assert.StartsWith("x-", name, StringComparison.Ordinal);
        Assert.Equal((name, name), (after.Text("name"), after.Map("object")!.Map("metadata")!.Text("name")));
        Assert.Equal(made.Metadata.Text("uid"), after.Map("object")!.Map("metadata")!.Text("uid"));
        Assert.Equal(made.Metadata.Text("creationTimestamp"), after.Map("object")!.Map("metadata")!.Text("creationTimestamp"));
    }

    [Fact]
    public async Task Pods_too_come_nameless_before_webhooks_that_change_them()
    {
        var seen = new ConcurrentQueue<TreeMap>();
        var ns = await _server.RulesNamespaceAsync();
        await using var hook = await HookAsync("mutating", ns, "pods", seen, Allow);
        var made = await _server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"generateName":"p-"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.True(made.Code == 201, made.Text);
        Assert.Null(Assert.Single(seen).Text("name"));
        Assert.Null(seen.Single().Map("object")!.Map("metadata")!.Text("name"));
    }

    [Fact]
    public async Task A_webhook_may_give_the_name_itself()
    {
        var (changing, judging) = (new ConcurrentQueue<TreeMap>(), new ConcurrentQueue<TreeMap>());
        var ns = await _server.NamespaceAsync();
        await using var first = await HookAsync("mutating", ns, "configmaps", changing, () => Patch("""[{"op":"add","path":"/metadata/name","value":"chosen"}]"""));
        await using var second = await HookAsync("validating", ns, "configmaps", judging, Allow);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        var made = await _server.PostAsync(path, """{"metadata":{"generateName":"x-"}}""");
        Assert.Equal((201, "chosen", "x-"), (made.Code, made.Metadata.Text("name"), made.Metadata.Text("generateName")));
        Assert.Equal("chosen", Assert.Single(judging).Text("name"));

        // It is asked once, and a name that was chosen is tried once.
        var again = await _server.PostAsync(path, """{"metadata":{"generateName":"x-"}}""");
        Assert.Equal(409, again.Code);
        Assert.Equal("configmaps \"chosen\" already exists, the server was not able to generate a unique name for the object", again.Message);
        Assert.Equal((2, 2), (changing.Count, judging.Count));
    }

    [Fact]
    public async Task A_webhook_cannot_move_an_object_into_another_namespace()
    {
        var ns = await _server.NamespaceAsync();
        await using var hook = await HookAsync("mutating", ns, "configmaps", [], () => Patch("""[{"op":"replace","path":"/metadata/namespace","value":"default"}]"""));
        var made = await _server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"x"}}""");
        Assert.Equal((400, "the namespace of the provided object does not match the namespace sent on the request"), (made.Code, made.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?dryRun=All")]
    public async Task A_taken_name_is_made_anew_eight_times_and_webhooks_that_change_objects_are_asked_once(string query)
    {
        var (changing, judging) = (new ConcurrentQueue<TreeMap>(), new ConcurrentQueue<TreeMap>());
        var ns = await _server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        Assert.Equal(201, (await _server.PostAsync(path, """{"metadata":{"name":"x-aaaaa"}}""")).Code);
        await using var first = await HookAsync("mutating", ns, "configmaps", changing, Allow);
        await using var second = await HookAsync("validating", ns, "configmaps", judging, Allow);

        _ids.Next("aaaaa", 7);
        var lucky = await _server.PostAsync(path + query, """{"metadata":{"generateName":"x-"}}""");
        Assert.True(lucky.Code == 201, lucky.Text);
        Assert.Equal((1, 8), (changing.Count, judging.Count));

        _ids.Next("aaaaa", 8);
        var made = await _server.PostAsync(path + query, """{"metadata":{"generateName":"x-"}}""");
        Assert.Equal((409, "AlreadyExists"), (made.Code, made.Reason));
        Assert.Equal("configmaps \"x-aaaaa\" already exists, the server was not able to generate a unique name for the object", made.Message);
        Assert.Equal("""{"name":"x-aaaaa","kind":"configmaps","retryAfterSeconds":1}""", TreeJson.WriteText(made.Body.Map("details")!));
        Assert.Equal(0, _ids.Left);
    }

    [Fact]
    public async Task A_taken_name_that_came_with_a_prefix_is_told_as_one_that_was_made()
    {
        var ns = await _server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        Assert.Equal(201, (await _server.PostAsync(path, """{"metadata":{"name":"x"}}""")).Code);
        var both = await _server.PostAsync(path, """{"metadata":{"name":"x","generateName":"x-"}}""");
        Assert.Equal((409, "configmaps \"x\" already exists, the server was not able to generate a unique name for the object"), (both.Code, both.Message));
        var plain = await _server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        Assert.Equal((409, "configmaps \"x\" already exists"), (plain.Code, plain.Message));
    }

    [Fact]
    public async Task A_namespace_whose_name_is_made_gets_its_label_after_webhooks_have_seen_it()
    {
        var made = await _server.PostAsync("/api/v1/namespaces", """{"metadata":{"generateName":"made-"}}""");
        Assert.Equal(made.Metadata.Text("name"), made.Metadata.Map("labels")!.Text("kubernetes.io/metadata.name"));
        Assert.DoesNotContain("metadata.name", TreeJson.WriteText(made.Metadata.List("managedFields")!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", 500, "resourceVersion should not be set on objects to be created")]
    [InlineData("0", 201, null)]
    [InlineData("abc", 201, null)]
    public async Task Only_a_revision_that_is_one_is_refused_and_only_after_everything_else(string revision, int code, string? message)
    {
        var ns = await _server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var made = await _server.PostAsync(path, $$$"""{"metadata":{"name":"x","resourceVersion":"{{{revision}}}"}}""");
        Assert.Equal((code, message ?? ""), (made.Code, made.Body.Text("message") ?? ""));
        var invalid = await _server.PostAsync(path, """{"metadata":{"name":"X","resourceVersion":"5"}}""");
        Assert.Equal(422, invalid.Code);
    }

    private static TreeMap Allow() => new() { ["allowed"] = true };

    private static TreeMap Patch(string patch) =>
        new() { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)) };

    private async Task<IAsyncDisposable> HookAsync(string does, string ns, string resource, ConcurrentQueue<TreeMap> seen, Func<TreeMap> answer)
    {
        var hook = await HookServer.StartAsync(_server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return answer();
        });
        var kind = does == "mutating" ? "MutatingWebhookConfiguration" : "ValidatingWebhookConfiguration";
        var made = await _server.PostAsync($"{Group}{does}webhookconfigurations", $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{does}}}-{{{ns}}}"},"webhooks":[
             {"name":"hook.example.com","clientConfig":{"url":"{{{hook.Url}}}","caBundle":"{{{hook.CaBundle}}}"},"sideEffects":"None","admissionReviewVersions":["v1"],
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"{{{ns}}}"} },
              "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["{{{resource}}}"]}]}]}
            """);
        Assert.True(made.Code == 201, made.Text);
        return hook;
    }

    private sealed class FewSuffixes : IIds
    {
        private string _suffix = "";
        private int _left;

        public int Left => _left;

        public void Next(string suffix, int times) => (_suffix, _left) = (suffix, times);

        public Guid NewId() => RandomIds.Instance.NewId();

        public string Suffix(int length) => length == _suffix.Length && _left > 0 && Interlocked.Decrement(ref _left) >= 0 ? _suffix : RandomIds.Instance.Suffix(length);
    }
}
