using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Audit;
using Gantry.Server.Http;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Gantry.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Audit;

public sealed class AuditTests
{
    private const string Everything = "rules: [{level: RequestResponse}]\n";

    [Fact]
    public async Task AnEventSaysWhoDidWhatAndHowItEnded()
    {
        await using var server = await AuditedServer.StartAsync("rules: [{level: Metadata}]\n");
        using var answer = await server.SendAsync("GET", "/api/v1/namespaces/default/configmaps/none?pretty=true", headers: h =>
        {
            h.Add("Audit-ID", "my-id");
            h.Add("X-Forwarded-For", "192.0.2.7, 192.0.2.8");
        });
        Assert.Equal("my-id", answer.Headers.GetValues("Audit-Id").Single());
        await Eventually.Until(() => server.Events("/api/v1/namespaces/default/configmaps/none").Count == 2);
        var events = server.Events("/api/v1/namespaces/default/configmaps/none");
        var (received, complete) = (events[0], events[1]);
        Assert.Equal("RequestReceived", (string)received["stage"]!);
        Assert.Null(received["responseStatus"]);
        Assert.Equal((string)received["requestReceivedTimestamp"]!, (string)received["stageTimestamp"]!);
        complete.AsObject().Remove("requestReceivedTimestamp");
        complete.AsObject().Remove("stageTimestamp");
        Assert.Equal(
            """{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"my-id","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/default/configmaps/none?pretty=true","verb":"get","user":{"username":"admin","uid":"u1","groups":["system:masters","system:authenticated"]},"sourceIPs":["192.0.2.7","192.0.2.8","127.0.0.1"],"userAgent":"tests/1.0","objectRef":{"resource":"configmaps","namespace":"default","name":"none","apiVersion":"v1"},"responseStatus":{"metadata":{},"status":"Failure","message":"configmaps \u0022none\u0022 not found","reason":"NotFound","details":{"name":"none","kind":"configmaps"},"code":404},"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}""",
            complete.ToJsonString());
    }

    [Fact]
    public async Task ObjectsAreShownAsFarAsThePolicySays()
    {
        await using var server = await AuditedServer.StartAsync(
            "omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: Metadata, resources: [{resources: [secrets]}]}, {level: RequestResponse}]\n");
        await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        await server.SendAsync("POST", "/api/v1/namespaces/default/secrets", """{"metadata":{"name":"a"},"data":{"k":"aHVzaA=="}}""");
        await server.SendAsync("PATCH", "/api/v1/namespaces/default/configmaps/a", "{\n\"data\": {\"k\": \"w\"}}", "application/merge-patch+json");
        await server.SendAsync("DELETE", "/api/v1/namespaces/default/configmaps/a", """{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}""");
        IReadOnlyList<JsonNode> Mine() => [.. server.Events("/api/v1/namespaces/default/").Where(e => (string)e["user"]!["username"]! == "admin")];
        await Eventually.Until(() => Mine().Count == 4);
        var events = Mine();
        Assert.Equal("v", (string)events[0]["requestObject"]!["data"]!["k"]!);
        Assert.Equal("ConfigMap", (string)events[0]["requestObject"]!["kind"]!);
        Assert.NotNull(events[0]["responseObject"]!["metadata"]!["uid"]);
        Assert.Null(events[0]["responseObject"]!["metadata"]!["managedFields"]);
        Assert.Equal("a", (string)events[0]["objectRef"]!["name"]!);
        Assert.Null(events[1]["requestObject"]);
        Assert.DoesNotContain("aHVzaA", events[1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("""{"data":{"k":"w"}}""", events[2]["requestObject"]!.ToJsonString());
        Assert.Equal("Background", (string)events[3]["requestObject"]!["propagationPolicy"]!);
        Assert.Equal("Success", (string)events[3]["responseObject"]!["status"]!);
    }

    [Fact]
    public async Task APolicyIsReadEvenWhereEventsGoNowhere()
    {
        await using var server = await AuditedServer.StartAsync("rules: [{level: Metadata}]\n", (_, audit) => audit with { Log = new AuditLogOptions() });
        using var answer = await server.SendAsync("GET", "/version");
        Assert.True(answer.IsSuccessStatusCode);
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => AuditedServer.StartAsync("rules: [{level: Loud}]\n", (_, audit) => audit with { Log = new AuditLogOptions() }));
        Assert.Contains("Loud", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatTheServerMakesIsInTheAnswerOnly()
    {
        await using var server = await AuditedServer.StartAsync("omitStages: [RequestReceived]\nrules: [{level: RequestResponse}]\n");
        await server.SendAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"generateName":"a-"}}""");
        await Eventually.Until(() => server.Events("/api/v1/namespaces/default/configmaps").Count == 1);
        var told = server.Events("/api/v1/namespaces/default/configmaps")[0];
        Assert.Null(told["objectRef"]!["name"]);
        Assert.Null(told["requestObject"]!["metadata"]!["name"]);
        Assert.StartsWith("a-", (string)told["responseObject"]!["metadata"]!["name"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "NamespaceList")]
    [InlineData("application/json;as=Table;g=meta.k8s.io;v=v1", "Table")]
    [InlineData("application/vnd.kubernetes.protobuf", "NamespaceList")]
    public async Task AListIsShownInOneLine(string accept, string kind)
    {
        await using var server = await AuditedServer.StartAsync(Everything);
        await server.SendAsync("GET", "/api/v1/namespaces", headers: h => h.TryAddWithoutValidation("Accept", accept));
        await Eventually.Until(() => server.Events("/api/v1/namespaces").Count(e => (string)e["verb"]! == "list") == 2);
        var listed = server.Events("/api/v1/namespaces").Last(e => (string)e["verb"]! == "list");
        Assert.Equal(kind, (string)listed["responseObject"]!["kind"]!);
    }

    [Fact]
    public async Task TokensAreNeverShown()
    {
        await using var server = await AuditedServer.StartAsync(Everything);
        await server.SendAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        using var answer = await server.SendAsync("POST", "/api/v1/namespaces/default/serviceaccounts/robot/token", """{"spec":{"audiences":["x"]}}""");
        var token = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!["token"]!;
        await server.SendAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""");
        await Eventually.Until(() => server.Events("/apis/authentication").Count == 2);
        Assert.All(server.Events("/"), e => Assert.DoesNotContain(token, e.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal("REDACTED", (string)server.Events("/api/v1/namespaces/default/serviceaccounts/robot/token")[1]["responseObject"]!["status"]!["token"]!);
    }

    [Fact]
    public async Task AWatchTellsItsBeginningAndItsEnd()
    {
        await using var server = await AuditedServer.StartAsync("rules: [{level: Metadata}]\n");
        await server.SendAsync("GET", "/api/v1/configmaps?watch=true&timeoutSeconds=1");
        await Eventually.Until(() => server.Events("/api/v1/configmaps?watch").Count == 3);
        Assert.Equal(["RequestReceived", "ResponseStarted", "ResponseComplete"], server.Events("/api/v1/configmaps?watch").Select(e => (string)e["stage"]!));
        Assert.Equal("""{"metadata":{},"code":200}""", server.Events("/api/v1/configmaps?watch")[1]["responseStatus"]!.ToJsonString());
    }

    [Fact]
    public async Task RefusalsAndImpersonationAreTold()
    {
        await using var server = await AuditedServer.StartAsync("omitStages: [RequestReceived]\nrules: [{level: Metadata}]\n");
        await server.SendAsync("GET", "/api/v1/pods", headers: h => h.Add("Impersonate-User", "ann"));
        await server.SendAsync("GET", "/api/v1/nodes", headers: h => h.Authorization = new AuthenticationHeaderValue("Bearer", "wrong"));
        await Eventually.Until(() => server.Events("/api/v1/pods").Count == 1 && server.Events("/api/v1/nodes").Count == 1);
        var (forbidden, unknown) = (server.Events("/api/v1/pods")[0], server.Events("/api/v1/nodes")[0]);
        Assert.Equal("admin", (string)forbidden["user"]!["username"]!);
        Assert.Equal("ann", (string)forbidden["impersonatedUser"]!["username"]!);
        Assert.Equal("forbid", (string)forbidden["annotations"]!["authorization.k8s.io/decision"]!);
        Assert.Equal(403, (int)forbidden["responseStatus"]!["code"]!);
        Assert.Equal("ResponseStarted", (string)unknown["stage"]!);
        Assert.Equal("{}", unknown["user"]!.ToJsonString());
        Assert.Equal("Unauthorized", (string)unknown["responseStatus"]!["reason"]!);
    }

    [Fact]
    public async Task WhatIsOnItsWayOutIsTold()
    {
        await using var server = await AuditedServer.StartAsync("omitStages: [RequestReceived]\nrules: [{level: Metadata}]\n");
        await server.SendAsync("GET", "/api/v1/componentstatuses");
        await Eventually.Until(() => server.Events("/api/v1/componentstatuses").Count == 1);
        Assert.Equal("true", (string)server.Events("/api/v1/componentstatuses")[0]["annotations"]!["k8s.io/deprecated"]!);
    }

    [Fact]
    public async Task WritesOfTheServersOwnLoopsAreToldToo()
    {
        await using var server = await AuditedServer.StartAsync("omitStages: [RequestReceived]\nrules: [{level: Metadata}]\n");
        await server.Server.Client.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "own", Namespace = "default" } });
        var made = server.Events("/api/v1/namespaces/default/configmaps").Single();
        Assert.Equal("system:apiserver", (string)made["user"]!["username"]!);
        Assert.Equal("own", (string)made["objectRef"]!["name"]!);
        Assert.Equal(201, (int)made["responseStatus"]!["code"]!);
    }

    [Fact]
    public async Task ARequestWhoseEventCannotBeKeptIsRefusedWhereThatIsWanted()
    {
        await using var server = await AuditedServer.StartAsync("rules: [{level: Metadata, resources: [{resources: [secrets]}]}]\n", (folder, audit) => audit with
        {
            // A folder stands where the file should be.
            Log = audit.Log with { Path = Directory.CreateDirectory(Path.Combine(folder, "occupied")).FullName, Batch = audit.Log.Batch with { Mode = AuditBatchOptions.BlockingStrict } },
        });
        using var answer = await server.SendAsync("GET", "/api/v1/secrets");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("failed to store audit event", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var figures = await server.SendAsync("GET", "/metrics");
        Assert.Contains("apiserver_audit_requests_rejected_total 1", await figures.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWebhookGetsEventsInBatchesAndIsAskedAgain()
    {
        var got = new List<JsonNode>();
        var fails = 1;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        await using var hook = builder.Build();
        hook.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = JsonNode.Parse(await reader.ReadToEndAsync())!;
            if (Interlocked.Decrement(ref fails) >= 0)
            {
                context.Response.StatusCode = 503;
                return;
            }

            lock (got)
            {
                got.Add(body);
            }
        });
        await hook.StartAsync();
        await using (var server = await AuditedServer.StartAsync("rules: [{level: Metadata, resources: [{resources: [secrets]}]}]\n", (folder, audit) =>
        {
            var config = Path.Combine(folder, "hook.yaml");
            File.WriteAllText(config, $"current-context: a\ncontexts: [{{name: a, context: {{cluster: a}}}}]\nclusters: [{{name: a, cluster: {{server: '{hook.Urls.First()}/sink'}}}}]\n");
            return audit with
            {
                Webhook = new AuditWebhookOptions { ConfigFile = config, InitialBackoff = TimeSpan.FromMilliseconds(1), Batch = AuditBatchOptions.OfWebhook with { MaxSize = 2, MaxWait = TimeSpan.FromMilliseconds(5) } },
            };
        }))
        {
            await server.SendAsync("GET", "/api/v1/secrets");
        }

        lock (got)
        {
            Assert.All(got, b => Assert.Equal("EventList", (string)b["kind"]!));
            Assert.Equal(["RequestReceived", "ResponseComplete"], got.SelectMany(b => b["items"]!.AsArray()).Select(e => (string)e!["stage"]!).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task AFailureOfTheServerIsTold()
    {
        await using var server = await AuditedServer.StartAsync("omitStages: [RequestReceived]\nrules: [{level: Metadata}]\n", null, new Broken());
        using var answer = await server.SendAsync("GET", "/broken");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.True(answer.Headers.Contains("Audit-Id"));
        await Eventually.Until(() => server.Events("/broken").Count == 1);
        var told = server.Events("/broken")[0];
        Assert.Equal("Panic", (string)told["stage"]!);
        Assert.Equal("InternalError", (string)told["responseStatus"]!["reason"]!);
        Assert.Contains("APIServer panic'd: out of order", (string)told["responseStatus"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAuditingAnIdComesBackAndNoneIsMade()
    {
        await using var server = await AuditedServer.StartAsync(Everything, (_, _) => new AuditOptions());
        using var named = await server.SendAsync("GET", "/version", headers: h => h.Add("Audit-ID", "x"));
        using var plain = await server.SendAsync("GET", "/version");
        Assert.Equal("x", named.Headers.GetValues("Audit-Id").Single());
        Assert.True(Guid.TryParse(plain.Headers.GetValues("Audit-Id").Single(), out _));
    }

    private sealed class Broken : IPathHandler
    {
        public ValueTask<ApiAnswer?> AnswerAsync(HttpContext context, RequestInfo info, UserInfo user, CancellationToken cancellation) =>
            info.Path == "/broken" ? throw new InvalidOperationException("out of order") : new(result: null);
    }
}
