using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

[Collection(SharedServer.Name)]
public sealed class DefinitionStatusTests(RunningServer server)
{
    [Fact]
    public async Task A_definition_gets_its_names_and_is_established()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\",\"shortNames\":[\"tb\"],\"categories\":[\"all\"]");
        await Definition.EstablishedAsync(server, "tabs." + group);

        var definition = await server.GetAsync($"{Definition.Path}/tabs.{group}");

        Assert.Equal(
            """{"plural":"tabs","singular":"tab","shortNames":["tb"],"kind":"Tab","listKind":"TabList","categories":["all"]}""",
            TreeJson.WriteText(definition.Body.Map("status")!.Map("acceptedNames")!));
        Assert.Equal(
            ["NamesAccepted True NoConflicts no conflicts found", "Established True InitialNamesAccepted the initial names have been accepted"],
            Conditions(definition));
    }

    [Theory]
    [InlineData("others", "\"kind\":\"Tab\",\"listKind\":\"Others\"", "KindConflict", "\"Tab\" is already in use")]
    [InlineData("others", "\"kind\":\"Other\",\"listKind\":\"TabList\"", "ListKindConflict", "\"TabList\" is already in use")]
    [InlineData("others", "\"kind\":\"Other\",\"singular\":\"tab\"", "SingularConflict", "\"tab\" is already in use")]
    [InlineData("others", "\"kind\":\"Other\",\"shortNames\":[\"tb\",\"tab\",\"o\"]", "ShortNamesConflict", "[\"tb\" is already in use, \"tab\" is already in use]")]
    [InlineData("tab", "\"kind\":\"Other\"", "PluralConflict", "\"tab\" is already in use")]
    public async Task Names_that_others_have_are_not_given_until_they_are_free(string plural, string names, string reason, string message)
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\",\"shortNames\":[\"tb\"]");
        await DefineAsync(group, plural, names);
        var path = $"{Definition.Path}/{plural}.{group}";
        await Definition.UntilAsync(async () => Definition.Condition(await server.GetAsync(path), "NamesAccepted") is not null);

        var refused = await server.GetAsync(path);
        Assert.Equal([$"NamesAccepted False {reason} {message}", "Established False NotAccepted not all names are accepted"], Conditions(refused));
        Assert.Equal(404, (await server.GetAsync($"/apis/{group}/v1/{plural}")).Code);

        Assert.Equal(200, (await server.DeleteAsync($"{Definition.Path}/tabs.{group}")).Code);
        await Definition.EstablishedAsync(server, $"{plural}.{group}");
        Assert.Equal(200, (await server.GetAsync($"/apis/{group}/v1/{plural}")).Code);
    }

    [Fact]
    public async Task New_finalizers_of_custom_resources_without_a_domain_and_a_path_are_warned_of()
    {
        const string Prefer = "prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers";
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"");
        await Definition.EstablishedAsync(server, "tabs." + group);
        var path = $"/apis/{group}/v1/tabs";

        var made = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"t","finalizers":["z.example.com","orphan","example.com/a","b"]}}""");
        var changed = await server.MergeAsync(path + "/t", """{"metadata":{"finalizers":["b","c"]}}""");

        Assert.Equal([$"299 - \"metadata.finalizers: \\\"b\\\": {Prefer}\"", $"299 - \"metadata.finalizers: \\\"z.example.com\\\": {Prefer}\""], made.Warnings);
        Assert.Equal([$"299 - \"metadata.finalizers: \\\"c\\\": {Prefer}\""], changed.Warnings);
        await server.MergeAsync(path + "/t", """{"metadata":{"finalizers":null}}""");
    }

    [Fact]
    public async Task A_short_name_that_is_taken_later_stays_with_its_first_owner()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\",\"shortNames\":[\"tb\"]");
        await DefineAsync(group, "others", "\"kind\":\"Other\"");
        await Definition.EstablishedAsync(server, "others." + group);

        await server.MergeAsync($"{Definition.Path}/others.{group}", """{"spec":{"names":{"shortNames":["tb"]}}}""");
        await Definition.UntilAsync(async () => Definition.Condition(await server.GetAsync($"{Definition.Path}/others.{group}"), "NamesAccepted")!.Text("reason") == "ShortNamesConflict");

        Assert.Equal(200, (await server.GetAsync($"/apis/{group}/v1/others")).Code);
        Assert.Equal(["tabs"], (await server.GetAsync($"/apis/{group}/v1")).Body.List("resources")!.OfType<TreeMap>().Where(r => r.Contains("shortNames")).Select(r => r.Text("name")!));
    }

    [Fact]
    public async Task The_approval_of_a_group_of_the_community_is_a_condition()
    {
        var group = server.Name("g") + ".k8s.io";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"", ",\"annotations\":{\"api-approved.kubernetes.io\":\"unapproved, a trial\"}");
        await Definition.EstablishedAsync(server, "tabs." + group);

        var conditions = Conditions(await server.GetAsync($"{Definition.Path}/tabs.{group}"));

        Assert.Contains("KubernetesAPIApprovalPolicyConformant False UnapprovedAnnotation not approved: \"unapproved, a trial\"", conditions);
    }

    [Fact]
    public async Task A_definition_that_goes_says_so_takes_nothing_new_and_waits_for_its_objects()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"");
        await Definition.EstablishedAsync(server, "tabs." + group);
        var path = $"/apis/{group}/v1/tabs";
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a","finalizers":["example.com/f"]} }""");
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"b"} }""");

        var deleted = await server.DeleteAsync($"{Definition.Path}/tabs.{group}");
        Assert.Equal(200, deleted.Code);
        await Definition.UntilAsync(async () => Definition.Condition(await server.GetAsync($"{Definition.Path}/tabs.{group}"), "Terminating")?.Text("reason") == "InstanceDeletionInProgress");

        var refused = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"c"} }""");
        Assert.Equal((405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating"), (refused.Code, refused.Reason, refused.Message));
        await Definition.UntilAsync(async () => (await server.GetAsync(path)).ItemNames is ["a"]);
        Assert.Equal(200, (await server.MergeAsync(path + "/a", """{"metadata":{"finalizers":null}}""")).Code);
        await Definition.UntilAsync(async () => (await server.GetAsync($"{Definition.Path}/tabs.{group}")).Code == 404);
        Assert.Equal(404, (await server.GetAsync(path)).Code);
    }

    [Fact]
    public async Task The_first_request_for_the_end_of_a_definition_only_announces_it()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"");
        await Definition.EstablishedAsync(server, "tabs." + group);
        var definition = $"{Definition.Path}/tabs.{group}";
        await server.PostAsync($"/apis/{group}/v1/tabs", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a","finalizers":["example.com/f"]} }""");

        var uid = await server.DeleteAsync(definition, """{"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}""");
        Assert.Equal(409, uid.Code);
        Assert.Matches($"^Operation cannot be fulfilled on customresourcedefinitions.apiextensions.k8s.io \"tabs.{group}\": Precondition failed: UID in precondition: 11111111-1111-1111-1111-111111111111, UID in object meta: [0-9a-f-]{{36}}$", uid.Message);
        var version = await server.DeleteAsync(definition, """{"preconditions":{"resourceVersion":"1"}}""");
        Assert.Matches("Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: [0-9]+$", version.Message);

        var first = await server.DeleteAsync(definition, """{"propagationPolicy":"Foreground"}""");
        Assert.Equal(["customresourcecleanup.apiextensions.k8s.io"], first.Metadata.List("finalizers")!.OfType<TreeString>().Select(f => f.Value));
        Assert.Equal((true, false, TreeInteger.Of(1)), (first.Metadata.Contains("deletionTimestamp"), first.Metadata.Contains("deletionGracePeriodSeconds"), first.Metadata["generation"]));
        Assert.Contains("Terminating True InstanceDeletionPending CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", Conditions(first));

        var second = await server.DeleteAsync(definition);
        Assert.Equal((200, TreeInteger.Of(0), TreeInteger.Of(1)), (second.Code, second.Metadata["deletionGracePeriodSeconds"], second.Metadata["generation"]));
        await server.MergeAsync($"/apis/{group}/v1/tabs/a", """{"metadata":{"finalizers":null}}""");
        await Definition.UntilAsync(async () => (await server.GetAsync(definition)).Code == 404);
    }

    [Fact]
    public async Task Metadata_that_comes_with_the_status_of_a_definition_is_kept_without_an_owner()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"");
        await Definition.EstablishedAsync(server, "tabs." + group);

        var changed = await server.MergeAsync($"{Definition.Path}/tabs.{group}/status?fieldManager=s", """{"metadata":{"labels":{"l":"1"}},"spec":{"scope":"Namespaced"}}""");

        Assert.Equal(("1", "Cluster"), (changed.Metadata.Map("labels")!.Text("l"), changed.Body.Map("spec")!.Text("scope")));
        Assert.DoesNotContain(changed.Metadata.List("managedFields")!.OfType<TreeMap>(), m => m.Text("manager") == "s");
    }

    [Fact]
    public async Task Who_keeps_the_status_is_called_as_in_Kubernetes()
    {
        var group = server.Name("g") + ".example.com";
        await DefineAsync(group, "tabs", "\"kind\":\"Tab\"");
        await Definition.EstablishedAsync(server, "tabs." + group);

        var managers = (await server.GetAsync($"{Definition.Path}/tabs.{group}")).Metadata.List("managedFields")!.OfType<TreeMap>();

        Assert.Contains(managers, m => (m.Text("manager"), m.Text("operation"), m.Text("subresource")) == ("kube-apiserver", "Update", "status"));
    }

    private async Task DefineAsync(string group, string plural, string names, string metadata = "")
    {
        var made = await server.PostAsync(Definition.Path, $$$"""
            {"metadata":{"name":"{{{plural}}}.{{{group}}}"{{{metadata}}} },"spec":{"group":"{{{group}}}","scope":"Cluster","names":{"plural":"{{{plural}}}",{{{names}}} },
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} } }]} }
            """);
        Assert.True(made.Code == 201, made.Text);
    }

    private static IReadOnlyList<string> Conditions(Answer definition) => [.. definition.Body.Map("status")!.List("conditions")!.OfType<TreeMap>()
        .Select(c => $"{c.Text("type")} {c.Text("status")} {c.Text("reason")} {c.Text("message")}")];
}
