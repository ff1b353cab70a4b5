namespace Gantry.Server.Tests.Serving;

/// <summary>Writes that are meant for another object than the one that is there.</summary>
[Collection(SharedServer.Name)]
public sealed class WriteConflictTests(RunningServer server)
{
    [Fact]
    public async Task An_update_of_another_uid_is_told_in_the_words_of_the_storage()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var made = await server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        var uid = made.Metadata.Text("uid");

        var other = await server.PutAsync(path + "/x", """{"metadata":{"name":"x","uid":"1"}}""");
        Assert.Equal((409, "Conflict"), (other.Code, other.Reason));
        Assert.Equal($"Operation cannot be fulfilled on configmaps \"x\": StorageError: invalid object, Code: 4, Key: /registry/configmaps/{ns}/x, ResourceVersion: 0, "
            + $"AdditionalErrorMsg: Precondition failed: UID in precondition: 1, UID in object meta: {uid}", other.Message);

        var gone = await server.PutAsync($"/api/v1/namespaces/{ns}/endpoints/y", """{"metadata":{"name":"y","uid":"1"}}""");
        Assert.Equal(409, gone.Code);
        Assert.EndsWith($"Key: /registry/services/endpoints/{ns}/y, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: 1, UID in object meta: ", gone.Message);
        Assert.Equal(409, (await server.PutAsync(path + "/y", """{"metadata":{"name":"y","uid":"1"}}""")).Code);
    }

    [Fact]
    public async Task An_update_that_creates_does_not_look_at_the_revision()
    {
        var ns = await server.NamespaceAsync();
        Assert.Equal(201, (await server.PutAsync($"/api/v1/namespaces/{ns}/endpoints/x", """{"metadata":{"name":"x","resourceVersion":"7"}}""")).Code);
    }

    [Fact]
    public async Task A_revision_counts_for_nothing_where_a_new_object_is_not_stored()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        const string body = """{"metadata":{"name":"x","resourceVersion":"7"}}""";
        var refused = await server.PostAsync(path, body);
        Assert.Equal((500, "resourceVersion should not be set on objects to be created"), (refused.Code, refused.Message));
        var imagined = await server.PostAsync(path + "?dryRun=All", body);
        Assert.Equal((201, "7"), (imagined.Code, imagined.ResourceVersion));
    }

    [Fact]
    public async Task Owners_that_are_named_twice_are_told_of_before_admission_or_after_it()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        const string Owner = """{"apiVersion":"v1","kind":"Foo","name":"x","uid":"u"}""";
        const string Body = $$$"""{"metadata":{"name":"x","ownerReferences":[{{{Owner}}},{{{Owner}}}]}}""";
        const string Rest = "; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u\"";
        foreach (var (answer, when) in (ValueTuple<Answer, string>[])[
            (await server.PostAsync(path, Body), ""), (await server.PutAsync(path + "/x", Body), ""),
            (await server.MergeAsync(path + "/x", Body), " after mutating admission happens")])
        {
            Assert.Equal("299 - \".metadata.ownerReferences contains duplicate entries" + when + Rest, Assert.Single(answer.Warnings));
            Assert.Single(answer.Metadata.List("ownerReferences")!);
        }
    }

    [Theory]
    [InlineData("9999999999999999999", 409, "Operation cannot be fulfilled on configmaps \"x\": the object has been modified; please apply your changes to the latest version and try again")]
    [InlineData("00", 200, "")]
    public async Task A_revision_is_a_number(string revision, int code, string words)
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"x"}}""");

        var body = $$$"""{"metadata":{"name":"x","resourceVersion":"{{{revision}}}"}}""";
        foreach (var answer in (Answer[])[await server.PutAsync(path + "/x", body), await server.MergeAsync(path + "/x", body)])
        {
            Assert.Equal((code, words), (answer.Code, answer.Code == 200 ? "" : answer.Message));
        }
    }

    [Fact]
    public async Task A_name_whose_object_is_on_its_way_out_is_taken_for_a_reason()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"x","finalizers":["example.com/f"]}}""");
        await server.DeleteAsync(path + "/x");

        var again = await server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        Assert.Equal((409, "AlreadyExists", "object is being deleted: configmaps \"x\" already exists"), (again.Code, again.Reason, again.Message));
        var longer = await server.MergeAsync(path + "/x", """{"metadata":{"deletionGracePeriodSeconds":9}}""");
        Assert.Equal((422, "ConfigMap \"x\" is invalid: metadata.deletionGracePeriodSeconds: Invalid value: 9: field is immutable"), (longer.Code, longer.Message));
        Assert.Equal(200, (await server.PutAsync(path + "/x", """{"metadata":{"name":"x","finalizers":["example.com/f"],"deletionTimestamp":"2020-01-01T00:00:00Z"}}""")).Code);
    }

    [Theory]
    [InlineData("abc", "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("-1", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("99999999999999999999", "strconv.ParseUint: parsing \"99999999999999999999\": value out of range")]
    public async Task A_revision_that_is_no_number_is_a_fault_to_every_update(string revision, string words)
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps/x";
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"x"}}""");
        var body = $$$"""{"metadata":{"name":"x","resourceVersion":"{{{revision}}}"}}""";
        foreach (var answer in (Answer[])[await server.PutAsync(path, body), await server.MergeAsync(path, body)])
        {
            Assert.Equal((500, null, words), (answer.Code, answer.Body.Text("reason"), answer.Message));
        }

        // Who would be made by the update is not; who could not be is not found.
        var made = await server.PutAsync($"/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/new", $$$"""{"metadata":{"name":"new","resourceVersion":"{{{revision}}}"}}""");
        Assert.Equal((500, words), (made.Code, made.Message));
        Assert.Equal(404, (await server.PutAsync(path + "y", body.Replace("\"x\"", "\"xy\"", StringComparison.Ordinal))).Code);
    }

    [Fact]
    public async Task Who_may_not_make_an_object_hears_of_the_prefix_of_its_name()
    {
        var ns = await server.NamespaceAsync();
        var pods = await server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"generateName":"x-"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal((403, $"pods \"x-\" is forbidden: error looking up service account {ns}/default: serviceaccount \"default\" not found"), (pods.Code, pods.Message));
        await server.DeleteAsync("/api/v1/namespaces/" + ns);
        var late = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"generateName":"x-"}}""");
        Assert.Equal((403, $"configmaps \"x-\" is forbidden: unable to create new content in namespace {ns} because it is being terminated"), (late.Code, late.Message));
    }

    [Theory]
    [InlineData("""{"metadata":{}}""", "the name of the object (x based on URL) was undeterminable: name must be provided")]
    [InlineData("""{"metadata":{"name":"y","namespace":"elsewhere"}}""", "the namespace of the provided object does not match the namespace sent on the request")]
    [InlineData("""{"metadata":{"name":"y"}}""", "the name of the object (y) does not match the name on the URL (x)")]
    public async Task An_update_is_of_the_object_of_its_path(string body, string words)
    {
        var answer = await server.PutAsync("/api/v1/namespaces/default/configmaps/x", body);
        Assert.Equal((400, words), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task Times_that_may_not_change_are_printed_as_go_prints_them()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"x"}}""");
        var answer = await server.MergeAsync($"/api/v1/namespaces/{ns}/configmaps/x", """{"metadata":{"deletionTimestamp":"2020-01-02T03:04:05Z"}}""");
        Assert.Equal("ConfigMap \"x\" is invalid: metadata.deletionTimestamp: Invalid value: 2020-01-02 03:04:05 +0000 UTC: field is immutable", answer.Message);
    }

    [Fact]
    public async Task What_an_update_says_of_the_time_of_creation_counts_for_nothing()
    {
        var ns = await server.NamespaceAsync();
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"x"}}""");
        var answer = await server.MergeAsync($"/api/v1/namespaces/{ns}/configmaps/x", """{"metadata":{"creationTimestamp":"2020-01-02T03:04:05Z"}}""");
        Assert.Equal((200, made.Body.Map("metadata")!.Text("creationTimestamp")), (answer.Code, answer.Body.Map("metadata")!.Text("creationTimestamp")));
    }
}
