using Gantry.Api.Apply;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Apply;

public class ServerSideApplyTests
{
    private static readonly ResourceType ConfigMaps = ApiCatalog.Find("", "v1", "configmaps")!;

    private static readonly ResourceType Pods = ApiCatalog.Find("", "v1", "pods")!;

    private static readonly ResourceType Deployments = ApiCatalog.Find("apps", "v1", "deployments")!;

    [Fact]
    public void An_applier_owns_what_it_states_and_leaves_the_rest()
    {
        var live = Applied(null, """{"data":{"a":"1","b":"1"}}""", "one");
        live = Applied(live, """{"data":{"c":"1"}}""", "two");
        Assert.Equal("""{"a":"1","b":"1","c":"1"}""", live["data"]!.ToString());
        Assert.Equal(["one {\"f:data\":{\"f:a\":{},\"f:b\":{}}}", "two {\"f:data\":{\"f:c\":{}}}"], Owners(live));
    }

    [Fact]
    public void What_is_no_longer_stated_stays_when_an_updater_owns_it_too()
    {
        var live = Updated(null, """{"data":{"a":"1"}}""", "editor");
        live = Applied(live, """{"data":{"a":"1","b":"1"}}""", "one");
        live = Applied(live, """{"data":{}}""", "one");
        Assert.Equal("""{"a":"1"}""", live["data"]!.ToString());
        Assert.Equal(["one {\"f:data\":{}}", "editor {\"f:data\":{\".\":{},\"f:a\":{}}}"], Owners(live));
    }

    [Fact]
    public void What_is_no_longer_stated_goes_unless_somebody_else_applied_it()
    {
        var live = Applied(null, """{"data":{"a":"1","b":"1","c":"1"}}""", "one");
        live = Applied(live, """{"data":{"b":"1"}}""", "two");
        live = Applied(live, """{"data":{"c":"1"}}""", "one");
        Assert.Equal("""{"b":"1","c":"1"}""", live["data"]!.ToString());
        Assert.Equal(["two {\"f:data\":{\"f:b\":{}}}", "one {\"f:data\":{\"f:c\":{}}}"], Owners(live));
    }

    [Fact]
    public void Changing_what_others_own_is_a_conflict_unless_forced()
    {
        var live = Applied(null, """{"data":{"a":"1","b":"1"}}""", "one");
        var refused = Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"data":{"a":"2","b":"2"}}""", "two"));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.a\n- .data.b", refused.Message);
        Assert.Equal([new("conflict with \"one\"", ".data.a"), new("conflict with \"one\"", ".data.b")], refused.Conflicts);

        live = Applied(live, """{"data":{"a":"2"}}""", "two", force: true);
        Assert.Equal(["one {\"f:data\":{\"f:b\":{}}}", "two {\"f:data\":{\"f:a\":{}}}"], Owners(live));
    }

    [Fact]
    public void Conflicts_with_updates_name_their_version_and_subresource()
    {
        var live = FieldManager.Update(FieldManagerTests.Operation("editor", 0, ConfigMaps), null, Read(ConfigMaps, (TreeMap)TreeJson.Parse("""{"metadata":{"name":"c"},"data":{"a":"1"}}""")));
        var refused = Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"data":{"a":"2"}}""", "two"));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"editor\" using v1: .data.a", refused.Message);
    }

    [Fact]
    public void Stating_what_is_there_already_shares_it()
    {
        var live = Applied(null, """{"data":{"a":"1"}}""", "one");
        live = Applied(live, """{"data":{"a":"1"}}""", "two");
        Assert.Equal(["two {\"f:data\":{\"f:a\":{}}}", "one {\"f:data\":{\"f:a\":{}}}"], Owners(live));
    }

    [Fact]
    public void Who_states_just_what_is_there_gets_no_time()
    {
        var live = Updated(null, """{"data":{"a":"1"}}""", "editor");
        live = Applied(live, """{"data":{"a":"1"}}""", "one");
        Assert.Equal(["one  {\"f:data\":{\"f:a\":{}}}", "editor 2024-05-01T10:00:00Z {\"f:data\":{\".\":{},\"f:a\":{}}}"], FieldManagerTests.Owners(live));
        live = Applied(live, """{"data":{"a":"1","b":"1"}}""", "one");
        Assert.Equal("one 2024-05-01T10:00:00Z {\"f:data\":{\"f:a\":{},\"f:b\":{}}}", FieldManagerTests.Owners(live)[0]);
    }

    [Fact]
    public void Another_order_of_a_keyed_list_is_a_change()
    {
        var live = Applied(null, """{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b","image":"i"}]}}""", "one", type: Pods);
        live = Applied(live, """{"spec":{"containers":[{"name":"b","image":"i"},{"name":"a","image":"i"}]}}""", "one", type: Pods);
        Assert.Equal(["b", "a"], live.Map("spec")!.List("containers")!.Select(c => ((TreeMap)c).Text("name")));
    }

    [Fact]
    public void Items_that_stand_twice_belong_to_who_makes_them_one_again()
    {
        var live = Updated(null, """{"spec":{"containers":[{"name":"a","image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}}""", "first", Pods);
        Assert.Contains("""k:{\"name\":\"A\"}":{}""", Owners(live)[0], StringComparison.Ordinal);
        live = Updated(live, """{"spec":{"containers":[{"name":"a","image":"i","env":[{"name":"A","value":"1"}]}]}}""", "second", Pods);
        Assert.Equal("""second {"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{"f:env":{"k:{\"name\":\"A\"}":{"f:name":{},"f:value":{}}}}}}}""", Owners(live)[1]);
    }

    [Fact]
    public void Conflicts_are_listed_by_place_with_whole_fields_before_those_that_lead_on()
    {
        var live = Applied(null, """{"spec":{"replicas":1,"paused":true,"strategy":{"type":"Recreate"},"template":{"metadata":{"labels":{"a":"1"}}}}}""", "one", type: Deployments);
        live = Updated(live, """{"metadata":{"labels":{"l":"1"}},"spec":{"replicas":1,"paused":true,"strategy":{"type":"Recreate"},"template":{"metadata":{"labels":{"a":"1"}}}}}""", "two", Deployments);
        var refused = Assert.IsType<ApplyResult.Conflicted>(Apply(
            live, """{"metadata":{"labels":{"l":"2"}},"spec":{"replicas":2,"paused":false,"strategy":{"type":"RollingUpdate"},"template":{"metadata":{"labels":{"a":"2"}}}}}""", "three", type: Deployments));
        Assert.Equal(
            "Apply failed with 5 conflicts: conflicts with \"one\":\n- .spec.paused\n- .spec.replicas\n- .spec.strategy.type\n- .spec.template.metadata.labels.a\n"
            + "conflicts with \"two\" using apps/v1:\n- .metadata.labels.l", refused.Message);
    }

    [Fact]
    public void A_managers_writes_to_a_subresource_are_told_of_before_those_to_the_object()
    {
        var live = Updated(null, """{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a","image":"i"}]}}""", "me", Pods);
        live = FieldManager.Update(
            FieldManagerTests.Operation("me", 0, Pods) with { Subresource = "status", Filter = ResetFields.Of(Pods, "status") }, live,
            Read(Pods, (TreeMap)TreeJson.Parse("""{"metadata":{"name":"c","labels":{"a":"1","b":"1"}},"spec":{"containers":[{"name":"a","image":"i"}]}}""")));
        Assert.Equal(
            "Apply failed with 2 conflicts: conflicts with \"me\" with subresource \"status\" using v1:\n- .metadata.labels.b\nconflicts with \"me\" using v1:\n- .metadata.labels.a",
            Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"metadata":{"labels":{"a":"2","b":"2"}}}""", "two", type: Pods)).Message);
    }

    [Fact]
    public void Entries_of_versions_that_are_not_there_are_forgotten_by_the_next_change()
    {
        var live = Updated(null, """{"metadata":{"uid":"u","managedFields":[{"manager":"old","operation":"Update","apiVersion":"apps/v1beta1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:paused":{}}}}]},"spec":{"replicas":1}}""", "one", Deployments);
        Assert.Equal(["one {\"f:spec\":{\"f:replicas\":{}}}"], Owners(live));
    }

    [Fact]
    public void Applying_the_same_again_changes_nothing()
    {
        var live = Applied(null, """{"data":{"a":"1"}}""", "one");
        var again = Assert.IsType<ApplyResult.Applied>(Apply(live, """{"data":{"a":"1"}}""", "one", seconds: 60));
        Assert.False(again.Changed);
        Assert.Same(live, again.Value);
    }

    [Fact]
    public void Items_of_keyed_lists_merge_and_keep_the_applied_order()
    {
        var live = Applied(null, """{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b","image":"i"},{"name":"c","image":"i"}]}}""", "one", type: Pods);
        live = Applied(live, """{"spec":{"containers":[{"name":"c","stdin":true},{"name":"x","image":"i"},{"name":"a","tty":true}]}}""", "two", type: Pods);
        Assert.Equal(["b", "c", "x", "a"], live.Map("spec")!.List("containers")!.Select(c => ((TreeMap)c).Text("name")));
        var c = (TreeMap)live.Map("spec")!.List("containers")![1];
        Assert.Equal("i", c.Text("image"));
        Assert.Equal(TreeBool.True, c["stdin"]);
    }

    [Fact]
    public void Ports_without_a_protocol_are_known_by_the_default_one()
    {
        var live = Applied(null, """{"spec":{"containers":[{"name":"a","image":"i","ports":[{"containerPort":80}]}]}}""", "one", type: Pods);
        Assert.Contains("""k:{\"containerPort\":80,\"protocol\":\"TCP\"}""", Owners(live)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_a_whole_item_takes_what_others_only_updated_within_it()
    {
        var live = Applied(null, """{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b","image":"i"}]}}""", "one", type: Pods);
        live = Applied(live, """{"spec":{"containers":[{"name":"a","image":"i"}]}}""", "one", type: Pods);
        Assert.Single(live.Map("spec")!.List("containers")!);
    }

    [Fact]
    public void Unknown_fields_and_wrong_types_are_refused_with_their_place()
    {
        Assert.Equal(
            "failed to create typed patch object (default/c; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"metadata":{"namespace":"default"},"spec":{"foo":1}}""", "one", type: Deployments)).Message);
        Assert.EndsWith(
            ".spec.replicas: expected numeric (int or float), got string",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"spec":{"replicas":"1"}}""", "one", type: Deployments)).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "(/c; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{\"b\":[]interface {}{1, \"x\", interface {}(nil), true}}}",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"data":{"a":{"b":[1,"x",null,true]}}}""", "one")).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            ".data: expected map, got &{[map[a:b c:<nil>]]}",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"data":[{"c":null,"a":"b"}]}""", "one")).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            ": .foo: field not declared in schema",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"foo":1,"bar":2}""", "one")).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "errors:\n  .spec.containers: duplicate entries for key [name=\"a\"]\n  .spec.nodeName: expected string, got &value.valueUnstructured{Value:1}",
            Assert.IsType<ApplyResult.Failed>(Apply(null, """{"spec":{"containers":[{"name":"a"},{"name":"a"}],"nodeName":1}}""", "one", type: Pods)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_and_managed_fields_of_ones_own_are_refused()
    {
        Assert.Equal("invalid object type: /v2, Kind=ConfigMap", Refused("""{"apiVersion":"v2"}"""));
        Assert.Equal("invalid object type: apps/v1, Kind=ConfigMap", Refused("""{"apiVersion":"apps/v1"}"""));
        Assert.Equal("invalid object type: /, Kind=", Refused("""{"apiVersion":"a/b/c"}"""));
        Assert.Equal("metadata.managedFields must be nil", Refused("""{"metadata":{"managedFields":[{"manager":"x"}]}}"""));
        Assert.Equal("metadata.managedFields must be nil", Refused("""{"metadata":{"managedFields":[]}}"""));

        static string Refused(string configuration) => Assert.IsType<ApplyResult.Refused>(Apply(null, configuration, "one")).Message;
    }

    [Fact]
    public void The_first_apply_gives_what_was_there_before_an_owner()
    {
        var live = Read(ConfigMaps, (TreeMap)TreeJson.Parse("""{"metadata":{"name":"c","uid":"u"},"data":{"a":"1"}}"""));
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a",
            Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"data":{"a":"2"}}""", "one")).Message);
    }

    [Fact]
    public void Kubectl_may_take_over_what_it_applied_itself_before()
    {
        const string Last = """{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"c\"}}\n""";
        var live = FieldManager.Update(FieldManagerTests.Operation("kubectl-client-side-apply", 0, ConfigMaps), null, Read(ConfigMaps, (TreeMap)TreeJson.Parse(
            $$$"""{"metadata":{"name":"c","annotations":{"{{{LastApplied.Annotation}}}":"{{{Last}}}"}},"data":{"a":"1","b":"1"}}""")));
        var taken = Applied(live, """{"data":{"a":"2"}}""", "kubectl");
        Assert.Equal("2", taken.Map("data")!.Text("a"));
        Assert.Contains("\"a\":\"2\"", taken.Map("metadata")!.Map("annotations")!.Text(LastApplied.Annotation), StringComparison.Ordinal);

        var refused = Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"data":{"a":"2","b":"2"}}""", "kubectl"));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using v1: .data.b", refused.Message);
        Assert.IsType<ApplyResult.Conflicted>(Apply(live, """{"data":{"a":"2"}}""", "other"));
    }

    [Fact]
    public void Objects_without_a_schema_merge_by_member_and_replace_lists()
    {
        var type = new ManagedType(ApplyShape.Deduced, "example.com", "v1", "Thing", new TreeMap());
        var operation = FieldManagerTests.Operation("one", 0, ConfigMaps) with { Type = type, Filter = null };
        TreeMap Given(string spec) => (TreeMap)TreeJson.Parse($$$"""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"c"},"spec":{{{spec}}}}""");
        var live = Assert.IsType<ApplyResult.Applied>(FieldManager.Apply(operation, null, Given("""{"a":{"x":1},"l":[1,{"k":[2]}]}"""), false)).Value;
        var merged = Assert.IsType<ApplyResult.Applied>(FieldManager.Apply(operation with { Manager = "two" }, live, Given("""{"a":{"y":1}}"""), false)).Value;
        Assert.Equal("""{"a":{"x":1,"y":1},"l":[1,{"k":[2]}]}""", merged["spec"]!.ToString());
        Assert.IsType<ApplyResult.Conflicted>(FieldManager.Apply(operation with { Manager = "two" }, live, Given("""{"l":[2,1]}"""), false));
    }

    [Fact]
    public void Data_of_a_controller_revision_has_one_owner()
    {
        var made = Updated(null, """{"revision":1,"data":{"spec":{"template":[{"a":1}]}}}""", "one", ApiCatalog.Find("apps", "v1", "controllerrevisions")!);
        Assert.Equal("""{"f:data":{},"f:revision":{}}""", ((TreeMap)FieldManagerTests.Entries(made)[0])["fieldsV1"]!.ToString());
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"one\" using apps/v1: .data",
            Assert.IsType<ApplyResult.Conflicted>(Apply(made, """{"revision":1,"data":{"other":1}}""", "two", type: ApiCatalog.Find("apps", "v1", "controllerrevisions")!)).Message);
    }

    private static TreeMap Applied(TreeMap? live, string configuration, string manager, bool force = false, ResourceType? type = null) =>
        Read(type ?? ConfigMaps, Assert.IsType<ApplyResult.Applied>(Apply(live, configuration, manager, force, type)).Value);

    private static TreeMap Updated(TreeMap? live, string value, string manager, ResourceType? type = null)
    {
        type ??= ConfigMaps;
        var given = (TreeMap)TreeJson.Parse(value);
        (given["apiVersion"], given["kind"]) = (type.ApiVersion, type.Kind);
        given["metadata"] ??= new TreeMap();
        given.Map("metadata")!["name"] = "c";
        return FieldManager.Update(FieldManagerTests.Operation(manager, 0, type), live, Read(type, given));
    }

    private static ApplyResult Apply(TreeMap? live, string configuration, string manager, bool force = false, ResourceType? type = null, int seconds = 0)
    {
        type ??= ConfigMaps;
        var given = (TreeMap)TreeJson.Parse(configuration);
        given["apiVersion"] ??= type.ApiVersion;
        given["kind"] = type.Kind;
        given["metadata"] ??= new TreeMap();
        given.Map("metadata")!["name"] = "c";
        return FieldManager.Apply(FieldManagerTests.Operation(manager, seconds, type), live, given, force);
    }

    private static TreeMap Read(ResourceType type, TreeMap value) => Canonical.Of(type.Schema, TreeDecoder.Decode(type.Schema, value, FieldValidation.Strict).Object!);

    private static List<string> Owners(TreeMap value) => [.. FieldManagerTests.Entries(value).Cast<TreeMap>().Select(e => $"{e.Text("manager")} {e["fieldsV1"]}")];
}
