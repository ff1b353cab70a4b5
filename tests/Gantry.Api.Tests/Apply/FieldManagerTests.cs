using Gantry.Api.Apply;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Apply;

public class FieldManagerTests
{
    private static readonly ResourceType Deployments = ApiCatalog.Find("apps", "v1", "deployments")!;

    private static readonly ResourceType ConfigMaps = ApiCatalog.Find("", "v1", "configmaps")!;

    private static readonly DateTimeOffset Start = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_create_owns_what_it_sets()
    {
        var made = Update(null, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","labels":{"a":"b"}},"data":{"k":"v"}}""", "me");
        Assert.Equal(
            """[{"manager":"me","operation":"Update","apiVersion":"v1","time":"2024-05-01T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:data":{".":{},"f:k":{}},"f:metadata":{"f:labels":{".":{},"f:a":{}}}}}]""",
            Entries(made).ToString());
    }

    [Fact]
    public void A_later_manager_takes_what_it_changes_and_the_time_of_the_other_stays()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"v","l":"w"}}""", "first");
        var changed = Update(live, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"x","l":"w"}}""", "second", 60);
        Assert.Equal(
            ["first 2024-05-01T10:00:00Z {\"f:data\":{\".\":{},\"f:l\":{}}}", "second 2024-05-01T10:01:00Z {\"f:data\":{\"f:k\":{}}}"],
            Owners(changed));
    }

    [Fact]
    public void An_update_without_a_change_leaves_the_managed_fields_alone()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"v"}}""", "first");
        var again = Update(live, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"v"}}""", "second", 60);
        Assert.Same(Entries(live), Entries(again));
    }

    [Fact]
    public void One_empty_entry_forgets_all_managers_for_good()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"v"}}""", "first");
        var reset = Update(live, """{"metadata":{"name":"c","uid":"u","managedFields":[{}]},"data":{"k":"v"}}""", "second");
        Assert.False(reset.Map("metadata")!.Contains("managedFields"));
        Assert.False(Update(reset, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"w"}}""", "third").Map("metadata")!.Contains("managedFields"));
    }

    [Fact]
    public void The_oldest_of_many_managers_are_merged()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"data":{"k0":"v"}}""", "m00");
        for (var i = 1; i <= 12; i++)
        {
            var data = string.Join(',', Enumerable.Range(0, i + 1).Select(n => $"\"k{n}\":\"v\""));
            live = Update(live, $$$"""{"metadata":{"name":"c","uid":"u"},"data":{{{{data}}}}}""", $"m{i:00}", i);
        }
        Assert.Equal(10, Owners(live).Count);
        Assert.Equal("ancient-changes 2024-05-01T10:00:03Z {\"f:data\":{\".\":{},\"f:k0\":{},\"f:k1\":{},\"f:k2\":{},\"f:k3\":{}}}", Owners(live)[0]);
    }

    [Fact]
    public void Writes_to_a_subresource_have_an_entry_of_their_own_and_own_nothing_they_cannot_change()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"spec":{"replicas":1}}""", "me", type: Deployments);
        var status = FieldManager.Update(Operation("me", 0, Deployments) with { Subresource = "status", Filter = ResetFields.Of(Deployments, "status") }, live,
            Canonical("""{"metadata":{"name":"c","uid":"u","labels":{"x":"y"}},"spec":{"replicas":2},"status":{"replicas":1}}""", Deployments));
        Assert.Equal(["me 2024-05-01T10:00:00Z {\"f:spec\":{\"f:replicas\":{}}}", "me 2024-05-01T10:00:00Z {\"f:status\":{\"f:replicas\":{}}}"], Owners(status));
        Assert.Equal("status", ((TreeMap)Entries(status)[1]).Text("subresource"));
    }

    [Fact]
    public void Names_come_from_the_option_or_from_the_user_agent()
    {
        Assert.Equal("mine", FieldManager.NameOf("mine", "kubectl/v1"));
        Assert.Equal("kubectl", FieldManager.NameOf(null, "kubectl/v1.32 (linux)"));
        Assert.Equal("ab", FieldManager.NameOf("", "a\u0001b"));
        Assert.Equal(128, FieldManager.NameOf("", new string('x', 500)).Length);
    }

    [Fact]
    public void Nothing_but_a_later_time_is_no_change()
    {
        var live = Update(null, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"v"}}""", "first");
        var changed = Update(live, """{"metadata":{"name":"c","uid":"u"},"data":{"k":"w"}}""", "first", 60);
        var back = ((TreeMap)changed.DeepClone()).With("data", live["data"]);
        Assert.True(FieldManager.KeepTimes(live, back).Equals(live));
        Assert.Same(changed, FieldManager.KeepTimes(live, changed));
    }

    internal static TreeMap Canonical(string json, ResourceType type) => Gantry.Api.Trees.Canonical.Of(type.Schema, (TreeMap)TreeJson.Parse(json));

    internal static FieldOperation Operation(string manager, int seconds, ResourceType type) => new()
    {
        Type = ManagedType.Of(type),
        Manager = manager,
        Now = Start.AddSeconds(seconds),
        Filter = ResetFields.Of(type, ""),
    };

    internal static TreeList Entries(TreeMap value) => value.Map("metadata")!.List("managedFields") ?? new TreeList();

    internal static List<string> Owners(TreeMap value) =>
        [.. Entries(value).Cast<TreeMap>().Select(e => $"{e.Text("manager")} {e.Text("time")} {e["fieldsV1"]}")];

    private static TreeMap Update(TreeMap? live, string json, string manager, int seconds = 0, ResourceType? type = null) =>
        FieldManager.Update(Operation(manager, seconds, type ?? ConfigMaps), live, Canonical(json, type ?? ConfigMaps));
}
