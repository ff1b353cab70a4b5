using Gantry.Api.Patching;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Patching;

public sealed class PatchTests
{
    // The cases of RFC 7386, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    // What the Go library does beyond it.
    [InlineData("""{"l":[1]}""", """{"l":[{"a":null,"b":1},null],"m":[{"a":null}]}""", """{"l":[{"b":1},null],"m":[{}]}""")]
    [InlineData("""{"l":{"a":1}}""", """{"l":[{"a":null}]}""", """{"l":[{"a":null}]}""")]
    public void A_merge_patch_merges(string target, string patch, string result) =>
        Assert.Equal(result, JsonMergePatch.Apply(TreeJson.Parse(target), TreeJson.Parse(patch)).ToString());

    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":[1]}]""", """{"a":1,"b":[1]}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"add","path":"/a/-","value":3}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"add","path":"/a/-1","value":3}]""", """{"a":[1,2,3]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"remove","path":"/a/b"}]""", """{"a":{}}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"remove","path":"/a/-1"}]""", """{"a":[1,2]}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/a","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a/b":{"~":1}}""", """[{"op":"replace","path":"/a~1b/~0","value":2}]""", """{"a/b":{"~":2}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/c"}]""", """{"a":{},"c":1}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"replace","path":"/c/b","value":2}]""", """{"a":{"b":1},"c":{"b":2}}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/a","value":1},{"op":"test","path":"/b","value":null}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"before/b","value":2},{"op":"test","path":"","value":{"a":1,"b":2}}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/x","path":"/b"},{"op":"add","path":"/c"}]""", """{"a":1,"b":null,"c":null}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"add","path":"/a/-3","value":0},{"op":"replace","path":"/a/-1","value":3}]""", """{"a":[0,1,3]}""")]
    [InlineData("""{"a":1}""", "null", """{"a":1}""")]
    public void A_JSON_patch_patches_a_copy(string document, string patch, string result)
    {
        var original = TreeJson.Parse(document);
        Assert.Equal(result, Value(JsonPatch.Apply(original, TreeJson.Parse(patch))).ToString());
        Assert.Equal(document, original.ToString());
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2},5]""", "json: cannot unmarshal number into Go value of type jsonpatch.Operation")]
    [InlineData("""[{"op":"remove","path":"/x"}]""", "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value")]
    [InlineData("""[{"op":"replace","path":"/x/y","value":1}]""", "replace operation does not apply: doc is missing path: /x/y: missing value")]
    [InlineData("""[{"op":"replace","path":"/l/1","value":1}]""", "replace operation does not apply: doc is missing key: /l/1: missing value")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""", "add operation does not apply: doc is missing path: \"/x/y\": missing value")]
    [InlineData("""[{"op":"add","path":"","value":{}}]""", "add operation does not apply: doc is missing path: \"\": missing value")]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", "add operation does not apply: doc is missing path: \"/a/b\": missing value")]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", "testing value /a failed: test failed")]
    [InlineData("""[{"op":"test","path":"/a"}]""", "testing value /a failed: test failed")]
    [InlineData("""[{"op":"add","path":"/l/9","value":2}]""", "error in add for path: '/l/9': Unable to access invalid index: 9: invalid index referenced")]
    [InlineData("""[{"op":"add","path":"/l/x","value":2}]""", "error in add for path: '/l/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("""[{"op":"move","from":"/x","path":"/y"}]""", "error in move for path: '/x': Unable to remove nonexistent key: x: missing value")]
    [InlineData("""[{"op":"jump","path":"/a"}]""", "Unexpected kind: jump")]
    [InlineData("""[{"op":"add","value":1}]""", "add operation failed to decode path: missing value")]
    [InlineData("""{"op":"add"}""", "json: cannot unmarshal object into Go value of type jsonpatch.Patch")]
    public void A_JSON_patch_that_does_not_fit_is_refused(string patch, string message) =>
        Assert.Equal(message, Assert.IsType<PatchResult.Refused>(JsonPatch.Apply(TreeJson.Parse("""{"a":1,"l":[1]}"""), TreeJson.Parse(patch))).Message);

    [Fact]
    public void Copies_that_double_a_document_again_and_again_are_refused_before_they_fill_the_memory()
    {
        var doubling = new TreeList(Enumerable.Range(0, 60).Select(i => TreeJson.Parse($$"""{"op":"copy","from":"/a","path":"/a/{{i}}"}""")));
        var refused = Assert.IsType<PatchResult.Refused>(JsonPatch.Apply(TreeJson.Parse("""{"a":{"b":"some text"}}"""), doubling));
        Assert.StartsWith("Unable to complete the copy, the accumulated size increase of copy is ", refused.Message, StringComparison.Ordinal);
    }

    private static Tree Value(PatchResult result) => Assert.IsType<PatchResult.Patched>(result).Value;
}
