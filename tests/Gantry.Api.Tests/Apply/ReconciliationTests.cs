using Gantry.Api.Apply;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Apply;

/// <summary>What owners own once values have become one, or many.</summary>
public class ReconciliationTests
{
    private static readonly ApplyShape Text = new ScalarShape(ScalarKind.String);

    [Theory]
    [InlineData("""{"f:a":{"f:x":{}}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:a":{".":{},"f:x":{},"f:y":{}}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:a":{}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:l":{"k:{\"n\":\"x\"}":{".":{},"f:n":{}}}}""", """{"f:l":{}}""")]
    [InlineData("""{"f:deep":{"k:{\"n\":\"x\"}":{".":{},"f:a":{"f:x":{}},"f:n":{}}}}""", """{"f:deep":{"k:{\"n\":\"x\"}":{".":{},"f:a":{},"f:n":{}}}}""")]
    [InlineData("""{"f:b":{"f:any":{"f:x":{}}}}""", """{"f:b":{"f:any":{}}}""")]
    public void Who_owned_a_part_of_what_became_one_value_owns_the_value(string before, string after) => Assert.Equal(after, Reconciled(before));

    [Theory]
    [InlineData("""{"f:g":{}}""")]
    [InlineData("""{"f:g":{".":{},"f:x":{}}}""")]
    [InlineData("""{"f:free":{"f:x":{"f:y":{}}}}""")]
    [InlineData("""{"f:gone":{"f:x":{}}}""")]
    [InlineData("""{"f:text":{"f:x":{}}}""")]
    public void What_has_parts_or_is_not_described_stays_as_it_is(string fields)
    {
        var set = FieldsV1.Decode(TreeJson.Parse(fields));
        Assert.Same(set, Reconciliation.Of(Shape(), set));
    }

    [Fact]
    public void An_update_that_changes_nothing_else_brings_the_owners_up_to_date_where_the_type_was_redescribed()
    {
        var type = new ManagedType(Shape(), "example.com", "v1", "Thing", new TreeMap());
        var live = Object("""{"metadata":{"uid":"u","managedFields":[{"manager":"m","operation":"Apply","apiVersion":"example.com/v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{"f:x":{}}}}]},"a":{"x":"1"}}""");
        var operation = new FieldOperation { Type = type, Manager = "other", Now = DateTimeOffset.UnixEpoch };
        Assert.Equal("""{"f:a":{"f:x":{}}}""", Owned(FieldManager.Update(operation, live, live)));
        Assert.Equal("""{"f:a":{}}""", Owned(FieldManager.Update(operation with { Redescribed = true }, live, live)));

        var applied = Object("""{"apiVersion":"example.com/v1","kind":"Thing","a":{"x":"1"}}""");
        var result = Assert.IsType<ApplyResult.Applied>(FieldManager.Apply(operation with { Manager = "m", Redescribed = true }, live, applied, force: false));
        Assert.True(result.Changed);
        Assert.Equal("""{"f:a":{}}""", Owned(result.Value));
    }

    [Fact]
    public void Owners_that_an_update_states_itself_are_brought_up_to_date_always()
    {
        var type = new ManagedType(Shape(), "example.com", "v1", "Thing", new TreeMap());
        var live = Object("""{"metadata":{"uid":"u","managedFields":[{"manager":"m","operation":"Update","apiVersion":"example.com/v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}}]},"a":{"x":"1"}}""");
        var wished = Object("""{"metadata":{"uid":"u","managedFields":[{"manager":"m","operation":"Update","apiVersion":"example.com/v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{"f:x":{}}}}]},"a":{"x":"1"}}""");
        var operation = new FieldOperation { Type = type, Manager = "other", Now = DateTimeOffset.UnixEpoch };
        Assert.Equal("""{"f:a":{}}""", Owned(FieldManager.Update(operation, live, wished)));
    }

    private static string Reconciled(string fields) => Reconciliation.Of(Shape(), FieldsV1.Decode(TreeJson.Parse(fields))).ToString();

    private static MapShape Shape()
    {
        var whole = new MapShape(atomic: true, _ => null, Text);
        var item = Map(("a", whole), ("n", Text));
        return Map(
            ("apiVersion", Text), ("kind", Text), ("metadata", ApplyShape.Deduced), ("a", whole), ("g", new MapShape(atomic: false, _ => null, Text)), ("b", new MapShape(atomic: false, _ => null, ApplyShape.Whole)),
            ("l", new ListShape(item, ListMerging.Atomic, [])), ("deep", new ListShape(item, ListMerging.Keyed, [new ListKey("n", null)])), ("text", Text),
            ("free", new MapShape(atomic: true, _ => null, ApplyShape.Deduced, described: false)));
    }

    private static MapShape Map(params (string Name, ApplyShape Shape)[] members)
    {
        var all = members.ToDictionary(m => m.Name, m => new MapField(PathElement.Field(m.Name), m.Shape));
        return new MapShape(atomic: false, name => all.GetValueOrDefault(name), null);
    }

    private static TreeMap Object(string json) => (TreeMap)TreeJson.Parse(json);

    private static string Owned(TreeMap value) => ((TreeMap)Assert.Single(value.Map("metadata")!.List("managedFields")!))["fieldsV1"]!.ToString();
}
