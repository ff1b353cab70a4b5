namespace Gantry.Server.Tests.Serving;

/// <summary>The options of a delete, from its body or from its query.</summary>
[Collection(SharedServer.Name)]
public sealed class DeleteOptionTests(RunningServer server)
{
    [Theory]
    [InlineData("[", "couldn't get version/kind; json parse error: unexpected end of JSON input")]
    [InlineData("1", "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go value of type struct")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1"}""", "no kind \"Pod\" is registered for version \"v1\" in scheme")]
    [InlineData("""{"kind":"fixed"}""", "no kind \"fixed\" is registered for version \"meta.k8s.io/v1\" in scheme")]
    [InlineData("""{"dryRun":"All"}""", "json: cannot unmarshal string into Go struct field DeleteOptions.dryRun of type []string")]
    [InlineData("""{"gracePeriodSeconds":"x"}""", "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64")]
    public async Task A_body_that_is_no_options_is_a_fault_as_in_1_32(string body, string words)
    {
        foreach (var path in (string[])["/api/v1/namespaces/default/configmaps/absent", "/api/v1/namespaces/absent/configmaps"])
        {
            var answer = await server.DeleteAsync(path, body);
            Assert.Equal((500, null), (answer.Code, answer.Body.Text("reason")));
            Assert.StartsWith(words, answer.Message);
        }
    }

    [Fact]
    public async Task A_body_says_everything_and_the_query_nothing_beside_it()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        Assert.Equal(200, (await server.DeleteAsync(path + "/x?dryRun=All")).Code);
        Assert.Equal(200, (await server.DeleteAsync(path + "/x", """{"dryRun":["All"]}""")).Code);
        Assert.Equal(200, (await server.DeleteAsync(path + "?dryRun=All")).Code);
        Assert.Equal(200, (await server.GetAsync(path + "/x")).Code);
        Assert.Equal(200, (await server.DeleteAsync(path + "/x?dryRun=All&propagationPolicy=Nonsense", """{"kind":"DeleteOptions","apiVersion":"v1"}""")).Code);
        Assert.Equal(404, (await server.GetAsync(path + "/x")).Code);
        await server.PostAsync(path, """{"metadata":{"name":"y"}}""");
        Assert.Equal(200, (await server.DeleteAsync(path + "?dryRun=All", "{}")).Code);
        Assert.Equal(404, (await server.GetAsync(path + "/y")).Code);
    }

    [Theory]
    [InlineData("""{"dryRun":["All","b"]}""", "dryRun: Unsupported value: []string{\"All\", \"b\"}: supported values: \"All\"")]
    [InlineData("""{"orphanDependents":true,"propagationPolicy":"x"}""",
        "[propagationPolicy: Invalid value: \"x\": orphanDependents and deletionPropagation cannot be both set, "
        + "propagationPolicy: Unsupported value: \"x\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"]")]
    [InlineData("""{"ignoreStoreReadErrorWithClusterBreakingPotential":true,"dryRun":["All"],"gracePeriodSeconds":1}""",
        "[ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: cannot be set together with .dryRun, "
        + "ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: cannot be set together with .gracePeriodSeconds]")]
    public async Task Options_that_make_no_sense_are_invalid(string body, string words)
    {
        var answer = await server.DeleteAsync("/api/v1/namespaces/default/configmaps/absent", body);
        Assert.Equal((422, "DeleteOptions.meta.k8s.io \"\" is invalid: " + words), (answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("limit=x&dryRun=y", 400, "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("fieldSelector=a%3Db&dryRun=y", 400, "\"a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("resourceVersionMatch=Exact&dryRun=y", 422, "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    public async Task Of_a_collection_it_is_looked_first_what_is_to_go(string query, int code, string words)
    {
        var answer = await server.DeleteAsync("/api/v1/namespaces/absent/configmaps?" + query);
        Assert.Equal((code, words), (answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("gracePeriodSeconds=x", 400)]
    [InlineData("gracePeriodSeconds=", 400)]
    [InlineData("propagationPolicy=", 422)]
    [InlineData("dryRun=", 422)]
    [InlineData("orphanDependents=&propagationPolicy=Orphan", 422)]
    [InlineData("orphanDependents=", 404)]
    public async Task The_query_is_read_where_there_is_no_body(string query, int code) =>
        Assert.Equal(code, (await server.DeleteAsync("/api/v1/namespaces/default/configmaps/absent?" + query)).Code);

    [Fact]
    public async Task A_collection_is_not_deleted_unread()
    {
        var answer = await server.DeleteAsync("/api/v1/namespaces/default/configmaps", """{"ignoreStoreReadErrorWithClusterBreakingPotential":true}""");
        Assert.Equal((422, "DeleteOptions.meta.k8s.io \"\" is invalid: ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: is not allowed with DELETECOLLECTION, "
            + "try again after removing the option"), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task Options_may_come_in_the_name_of_any_group_and_waiting_for_dependents_is_only_accepted()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"x","finalizers":["example.com/f"]}}""");

        Assert.Equal(202, (await server.DeleteAsync(path + "/x", """{"kind":"DeleteOptions","apiVersion":"policy/v1","orphanDependents":false}""")).Code);
        Assert.Equal(200, (await server.DeleteAsync(path + "/x", """{"kind":"DeleteOptions","apiVersion":"apps/v1"}""")).Code);
    }
}
