using Gantry.Api.Apply;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Apply;

public class FieldSetTests
{
    [Theory]
    [InlineData("""{"f:a":{}}""", """{"f:a":{}}""")]
    [InlineData("""{"f:b":{},"f:a":{"f:x":{},".":{}}}""", """{"f:a":{".":{},"f:x":{}},"f:b":{}}""")]
    [InlineData("""{"i:1":{},"v:\"x\"":{},"k:{\"port\":80,\"name\":\"w\"}":{},"f:z":{}}""", """{"f:z":{},"k:{\"name\":\"w\",\"port\":80}":{},"v:\"x\"":{},"i:1":{}}""")]
    [InlineData("""{"v:2":{},"v:10":{},"v:\"1\"":{}}""", """{"v:2":{},"v:10":{},"v:\"1\"":{}}""")]
    [InlineData("""{"z:new":{},"f:a":{}}""", """{"f:a":{}}""")]
    public void Sets_are_read_and_written_in_their_order(string given, string written) =>
        Assert.Equal(written, FieldsV1.Encode(FieldsV1.Decode(TreeJson.Parse(given))).ToString());

    [Theory]
    [InlineData("""{"spec":{}}""")]
    [InlineData("""{"f:a":[]}""")]
    [InlineData("""{"i:x":{}}""")]
    [InlineData("""{"k:[1]":{}}""")]
    public void What_is_no_set_is_refused(string given) => Assert.Throws<TreeException>(() => FieldsV1.Decode(TreeJson.Parse(given)));

    [Fact]
    public void Differences_leave_what_lies_below_unless_they_are_recursive()
    {
        var set = Set("""{"f:spec":{".":{},"f:replicas":{}},"f:status":{"f:phase":{}}}""");
        Assert.Equal("""{"f:spec":{"f:replicas":{}},"f:status":{"f:phase":{}}}""", set.Difference(FieldSet.Of("spec", "status")).ToString());
        Assert.Equal("{}", set.RecursiveDifference(FieldSet.Of("spec", "status")).ToString());
        Assert.Equal("""{"f:status":{"f:phase":{}}}""", set.Within(FieldSet.Of("status")).ToString());
    }

    [Fact]
    public void Unions_and_intersections_look_at_every_path()
    {
        var (a, b) = (Set("""{"f:m":{"f:x":{},"f:y":{}},"f:n":{}}"""), Set("""{"f:m":{".":{},"f:y":{"f:z":{}}}}"""));
        Assert.Equal("""{"f:m":{".":{},"f:x":{},"f:y":{".":{},"f:z":{}}},"f:n":{}}""", a.Union(b).ToString());
        Assert.Equal("{}", a.Intersection(b).ToString());
        Assert.Equal("""{"f:m":{"f:y":{}}}""", a.Intersection(Set("""{"f:m":{"f:y":{}}}""")).ToString());
    }

    [Fact]
    public void Paths_are_written_as_messages_show_them()
    {
        var paths = new List<string>();
        Set("""{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{"f:name":{}}},"f:set":{"v:\"a\"":{}},"f:list":{"i:3":{}}}}""")
            .ForEach(path => paths.Add(string.Concat(path)));
        Assert.Equal([".spec.list[3]", ".spec.ports[port=80,protocol=\"TCP\"].name", ".spec.set[=\"a\"]"], paths);
    }

    private static FieldSet Set(string json) => FieldsV1.Decode(TreeJson.Parse(json));
}
