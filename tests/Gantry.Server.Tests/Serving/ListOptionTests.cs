using System.Text;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class ListOptionTests(RunningServer server)
{
    private const string Match = "resourceVersionMatch";

    [Theory]
    [InlineData("resourceVersionMatch=Exact", Match, "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData("resourceVersionMatch=Exact&resourceVersion=0", Match, "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    [InlineData("resourceVersionMatch=Newest&resourceVersion=1", Match, "Unsupported value: \"Newest\": supported values: \"Exact\", \"NotOlderThan\", \"\"")]
    [InlineData("resourceVersionMatch=NotOlderThan&resourceVersion=1&continue=x", Match, "Forbidden: resourceVersionMatch is forbidden when continue is provided")]
    [InlineData("sendInitialEvents=true", "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list")]
    [InlineData("sendInitialEvents=", "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list")]
    [InlineData("watch=1&resourceVersionMatch=NotOlderThan", Match, "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]
    [InlineData("watch=1&sendInitialEvents=false", Match, "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]
    public async Task Combinations_that_make_no_sense_are_refused_in_kubernetes_words(string query, string field, string message)
    {
        var answer = await server.GetAsync("/api/v1/configmaps?" + query);

        Assert.Equal((422, "Invalid"), (answer.Code, answer.Reason));
        Assert.Equal($"ListOptions.meta.k8s.io \"\" is invalid: {field}: {message}", answer.Message);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_options_is_told_at_once()
    {
        var answer = await server.GetAsync("/api/v1/configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=Exact&continue=x");

        Assert.Equal(
            "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, "
            + "resourceVersionMatch: Unsupported value: \"Exact\": supported values: \"NotOlderThan\", "
            + "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]",
            answer.Message);
    }

    [Theory]
    [InlineData("limit=many", "strconv.ParseInt: parsing \"many\": invalid syntax")]
    [InlineData("limit=", "strconv.ParseInt: parsing \"\": invalid syntax")]
    [InlineData("limit=99999999999999999999", "strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    [InlineData("timeoutSeconds=1s", "strconv.ParseInt: parsing \"1s\": invalid syntax")]
    [InlineData("resourceVersion=new", "resourceVersion: Invalid value: \"new\": strconv.ParseUint: parsing \"new\": invalid syntax")]
    [InlineData("resourceVersion=-1&limit=1", "invalid resource version: resourceVersion: Invalid value: \"-1\": strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("continue=x!", "invalid continue token: continue key is not valid: illegal base64 data at input byte 1")]
    public async Task Values_that_cannot_be_read_are_refused_in_kubernetes_words(string query, string message)
    {
        var answer = await server.GetAsync("/api/v1/configmaps?" + query);
        Assert.Equal((400, "BadRequest", message), (answer.Code, answer.Reason, answer.Message));
    }

    [Theory]
    [InlineData("""{"v":"meta.k8s.io/v1","start":"a\u0000"}""", "continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)")]
    [InlineData("""{"v":"meta.k8s.io/v1","rv":5}""", "continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")]
    [InlineData("""{"v":"meta.k8s.io/v1","rv":5,"start":"../a\u0000"}""", "continue key is not valid: ../a\0")]
    public async Task Tokens_that_were_not_made_here_are_refused(string token, string message)
    {
        var answer = await server.GetAsync("/api/v1/configmaps?continue=" + System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token)));
        Assert.Equal((400, "invalid continue token: " + message), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_page_cannot_be_continued_at_another_revision()
    {
        var path = await MadeAsync();
        var token = (await server.GetAsync(path + "?limit=1")).Metadata.Text("continue");

        var answer = await server.GetAsync($"{path}?limit=1&resourceVersion=5&continue={token}");

        Assert.Equal((400, "specifying resource version is not allowed when using continue"), (answer.Code, answer.Message));
        Assert.Equal(200, (await server.GetAsync($"{path}?limit=1&resourceVersion=0&continue={token}")).Code);
    }

    [Fact]
    public async Task A_token_without_a_revision_goes_on_with_what_is_there_now()
    {
        var path = await MadeAsync();
        var ns = path.Split('/')[4];
        var token = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"v":"meta.k8s.io/v1","rv":-1,"start":"{{ns}}/a\u0000"}"""));

        Assert.Equal(["b", "c"], (await server.GetAsync($"{path}?continue={token}")).ItemNames);
    }

    [Fact]
    public async Task A_token_whose_moment_is_forgotten_comes_with_one_that_goes_on_all_the_same()
    {
        using var forgetful = new RunningServer();
        await forgetful.InitializeAsync();
        const string path = "/api/v1/namespaces/default/configmaps";
        foreach (var name in (string[])["a", "b", "c"])
        {
            await forgetful.PostAsync(path, $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        }

        var first = await forgetful.GetAsync(path + "?limit=1");
        await forgetful.DeleteAsync(path + "/b");
        await forgetful.ForgetAsync();

        var expired = await forgetful.GetAsync($"{path}?limit=1&continue={first.Metadata.Text("continue")}");
        var exact = await forgetful.GetAsync($"{path}?resourceVersionMatch=Exact&resourceVersion={first.ResourceVersion}");
        var rest = await forgetful.GetAsync($"{path}?continue={expired.Metadata.Text("continue")}");
        await forgetful.DisposeAsync();

        Assert.Equal((410, "Expired"), (expired.Code, expired.Reason));
        Assert.StartsWith("The provided continue parameter is too old to display a consistent list result. You can start a new list without", expired.Message);
        Assert.Equal((410, "Expired", "The resourceVersion for the provided list is too old."), (exact.Code, exact.Reason, exact.Message));
        Assert.Contains("c", rest.ItemNames);
        Assert.DoesNotContain("b", rest.ItemNames);
        Assert.DoesNotContain("a", rest.ItemNames);
    }

    [Fact]
    public async Task Whoever_takes_any_state_gets_all_of_it_at_once()
    {
        var path = await MadeAsync();
        var answer = await server.GetAsync(path + "?limit=1&resourceVersion=0");

        Assert.Equal(["a", "b", "c"], answer.ItemNames);
        Assert.Null(answer.Metadata.Text("continue"));
    }

    [Fact]
    public async Task How_many_follow_is_only_told_where_nothing_is_filtered()
    {
        var path = await MadeAsync();

        Assert.Equal("2", (await server.GetAsync(path + "?limit=1")).Metadata["remainingItemCount"]!.ToString());
        var filtered = await server.GetAsync(path + "?limit=1&labelSelector=!x");
        Assert.NotNull(filtered.Metadata.Text("continue"));
        Assert.Null(filtered.Metadata["remainingItemCount"]);
    }

    [Fact]
    public async Task A_get_at_a_revision_to_come_is_told_which_one_there_is()
    {
        var path = await MadeAsync();
        var answer = await server.GetAsync(path + "/a?resourceVersion=999999999");

        Assert.Equal((504, "Timeout"), (answer.Code, answer.Reason));
        Assert.Matches("^Timeout: Too large resource version: 999999999, current: [0-9]+$", answer.Message);
        Assert.Contains("\"reason\":\"ResourceVersionTooLarge\",\"message\":\"Too large resource version\"", answer.Text);
        Assert.Contains("\"retryAfterSeconds\":1", answer.Text);
        Assert.Equal(400, (await server.GetAsync(path + "/a?resourceVersion=x")).Code);
    }

    [Theory]
    [InlineData("a=b=c", "found '=', expected: ',' or 'end of string'")]
    [InlineData("a,", "found '', expected: identifier after ','")]
    [InlineData(",a", "found ',', expected: !, identifier, or 'end of string'")]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    public async Task Label_selectors_that_cannot_be_read_are_refused_in_kubernetes_words(string selector, string message)
    {
        var answer = await server.GetAsync("/api/v1/configmaps?labelSelector=" + Uri.EscapeDataString(selector));
        Assert.Equal((400, message), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task Keys_and_values_of_label_selectors_are_checked()
    {
        var key = await server.GetAsync("/api/v1/configmaps?labelSelector=-a");
        Assert.StartsWith("unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters", key.Message);
        var value = await server.GetAsync("/api/v1/configmaps?labelSelector=a%3D-b");
        Assert.StartsWith("unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of", value.Message);
    }

    [Theory]
    [InlineData("/api/v1/pods", "spec.host=a", null)]
    [InlineData("/api/v1/pods", "status.podIPs=a", null)]
    [InlineData("/api/v1/pods", "spec.image=a", "field label not supported: spec.image")]
    [InlineData("/api/v1/nodes", "metadata.namespace=a", "field label not supported: metadata.namespace")]
    [InlineData("/api/v1/namespaces", "metadata.namespace=a", "field label not supported: metadata.namespace")]
    [InlineData("/apis/apps/v1/replicasets", "status.replicas=1", "\"status.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("/apis/batch/v1/jobs", "status.active=1", "field label \"status.active\" not supported for batchv1.Job")]
    [InlineData("/apis/storage.k8s.io/v1/storageclasses", "metadata.namespace=a", null)]
    [InlineData("/apis/events.k8s.io/v1/events", "regarding.fieldPath=a,regarding.apiVersion=v1", null)]
    [InlineData("/apis/events.k8s.io/v1/events", "involvedObject.kind=Pod", "field label not supported: involvedObject.kind")]
    [InlineData("/api/v1/pods", "spec.nodeName", "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'")]
    [InlineData("/api/v1/pods", "spec.nodeName=a=b", "invalid field selector: unescaped character in value: 61")]
    [InlineData("/api/v1/pods", "spec.nodeName=a\\b", "invalid field selector: invalid escape sequence: \\b")]
    public async Task Every_kind_has_its_fields(string path, string selector, string? message)
    {
        var answer = await server.GetAsync($"{path}?fieldSelector={Uri.EscapeDataString(selector)}");
        Assert.Equal((message is null ? 200 : 400, message ?? ""), (answer.Code, answer.Message));
    }

    private async Task<string> MadeAsync()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        foreach (var name in (string[])["a", "b", "c"])
        {
            Assert.Equal(201, (await server.PostAsync(path, $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Code);
        }

        return path;
    }
}
