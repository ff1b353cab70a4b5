using Gantry.Api.Patching;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.Tests.Patching;

public sealed class StrategicMergePatchTests
{
    [Theory]
    [InlineData("""{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}""", """{"containers":[{"name":"b","image":"2"}]}""",
        """{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}""")]
    [InlineData("""{"containers":[{"name":"a"}]}""", """{"containers":[{"name":"b","image":"2"}]}""", """{"containers":[{"name":"b","image":"2"},{"name":"a"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"a","$patch":"delete"}]}""", """{"containers":[{"name":"b"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"$patch":"replace"},{"name":"c"}]}""", """{"containers":[{"name":"c"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}""", """{"$setElementOrder/containers":[{"name":"c"},{"name":"a"},{"name":"b"}],"containers":[{"name":"b","image":"2"}]}""",
        """{"containers":[{"name":"c"},{"name":"a"},{"name":"b","image":"2"}]}""")]
    [InlineData("""{"containers":[{"name":"s"},{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}""",
        """{"containers":[{"name":"s"},{"name":"b"},{"name":"a"}]}""")]
    [InlineData("""{"containers":[{"name":"a","args":["1","2"]}]}""", """{"containers":[{"name":"a","args":["3"]}]}""", """{"containers":[{"name":"a","args":["3"]}]}""")]
    [InlineData("""{"nodeSelector":{"a":"1","b":"1"}}""", """{"nodeSelector":{"a":null,"c":"1"}}""", """{"nodeSelector":{"b":"1","c":"1"}}""")]
    [InlineData("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"$patch":"replace","c":"1"}}""", """{"nodeSelector":{"c":"1"}}""")]
    [InlineData("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"$patch":"delete"}}""", """{"nodeSelector":{}}""")]
    [InlineData("""{"volumes":[{"name":"v","emptyDir":{}}]}""", """{"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/"}}]}""",
        """{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}""")]
    [InlineData("""{}""", """{"nodeSelector":{"a":null,"b":"1"},"nodeName":null}""", """{"nodeSelector":{"b":"1"}}""")]
    [InlineData("""{}""", """{"containers":[{"name":"a","$patch":"delete"},{"name":"b","image":null}]}""", """{"containers":[{"name":"b"}]}""")]
    [InlineData("""{"nodeName":"a"}""", """{"nodeName":"b"}""", """{"nodeName":"b"}""")]
    // Where there is nothing to merge with, an object that commands goes as a whole, and other directives are fields like any other.
    [InlineData("""{}""", """{"nodeSelector":{"$patch":"replace","a":"1"}}""", "{}")]
    [InlineData("""{}""", """{"securityContext":{"$retainKeys":["runAsUser"],"runAsUser":1}}""", """{"securityContext":{"$retainKeys":["runAsUser"],"runAsUser":1}}""")]
    [InlineData("""{"containers":[{"name":"a"}]}""", """{"containers":[{"name":"b","$retainKeys":["name"]}]}""", """{"containers":[{"name":"b","$retainKeys":["name"]},{"name":"a"}]}""")]
    // Lists that do not merge are taken as they come.
    [InlineData("""{"tolerations":[{"key":"a"}]}""", """{"tolerations":[{"$patch":"delete","key":"a"}]}""", """{"tolerations":[{"$patch":"delete","key":"a"}]}""")]
    [InlineData("""{"nodeName":"a"}""", """{"$deleteFromPrimitiveList/nodeName":["a"],"$deleteFromPrimitiveList/x":1}""", """{"nodeName":"a"}""")]
    public void A_pod_spec_merges(string original, string patch, string result)
    {
        var before = (TreeMap)TreeJson.Parse(original);
        var after = StrategicMergePatch.Apply(ApiTypes.V1PodSpec, before, (TreeMap)TreeJson.Parse(patch));
        Assert.Equal(result, Assert.IsType<PatchResult.Patched>(after).Value.ToString());
        Assert.Equal(original, before.ToString());
    }

    [Theory]
    [InlineData("""{"finalizers":["a","b"]}""", """{"finalizers":["c"]}""", """{"finalizers":["c","a","b"]}""")]
    [InlineData("""{"finalizers":["a","b","c"]}""", """{"$deleteFromPrimitiveList/finalizers":["b"]}""", """{"finalizers":["a","c"]}""")]
    [InlineData("""{"finalizers":["a","b"]}""", """{"$setElementOrder/finalizers":["b","a"],"finalizers":[]}""", """{"finalizers":["b","a"]}""")]
    [InlineData("""{"finalizers":["a"]}""", """{"finalizers":null}""", """{}""")]
    public void Lists_of_scalars_merge_as_sets(string original, string patch, string result) =>
        Assert.Equal(result, Assert.IsType<PatchResult.Patched>(
            StrategicMergePatch.Apply(ApiTypes.V1ObjectMeta, (TreeMap)TreeJson.Parse(original), (TreeMap)TreeJson.Parse(patch))).Value.ToString());

    [Theory]
    [InlineData("""{"containers":[{"image":"2","args":["x",null]}]}""", PatchFault.Unmergeable, "map: map[args:[x <nil>] image:2] does not contain declared merge key: name")]
    [InlineData("""{"containers":[{"$patch":"delete"}]}""", PatchFault.Unmergeable, "map: map[$patch:delete] does not contain declared merge key: name")]
    [InlineData("""{"containers":[{"$patch":"merge","name":"a"}]}""", PatchFault.Unmergeable, "merging lists cannot yet be specified in the patch")]
    [InlineData("""{"containers":["a"]}""", PatchFault.Unmergeable, "list element types are not identical: [[map[name:a]] [a]]")]
    [InlineData("""{"containers":[["a"]]}""", PatchFault.Unfit, "lists of lists are not supported")]
    [InlineData("""{"nodeSelector":{"$patch":"x"}}""", PatchFault.Unmergeable, "unknown patch type: x in map: map[$patch:x]")]
    [InlineData("""{"nodeSelector":{"$retainKeys":["a"],"b":"1"}}""", PatchFault.Malformed, "invalid patch format of retainKeys")]
    [InlineData("""{"nodeSelector":{"$retainKeys":["a"],"":"1"}}""", PatchFault.Malformed, "invalid patch format of retainKeys")]
    [InlineData("""{"$deleteFromPrimitiveList":["x"]}""", PatchFault.Malformed, "invalid patch format of primitive list")]
    [InlineData("""{"$setElementOrder":[]}""", PatchFault.Malformed, "invalid patch format of setElementOrder list")]
    [InlineData("""{"$setElementOrder/containers":"x"}""", PatchFault.Unmergeable, "expected a []interface {}, but received a string")]
    [InlineData("""{"$setElementOrder/containers":[],"containers":null}""", PatchFault.Unmergeable, "expected a []interface {}, but received a %!s(<nil>)")]
    [InlineData("""{"$setElementOrder/foo":[]}""", PatchFault.Unmergeable, "unable to find api field in struct PodSpec for the json field \"foo\"")]
    [InlineData("""{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a"},{"name":"b"}]}""", PatchFault.Unmergeable,
        "The order in patch list:\n[map[name:a] map[name:b]]\n doesn't match $setElementOrder list:\n[map[name:b] map[name:a]]\n")]
    public void A_patch_that_makes_no_sense_is_refused(string patch, PatchFault fault, string message) =>
        Assert.Equal(new PatchResult.Refused(message, fault), StrategicMergePatch.Apply(
            ApiTypes.V1PodSpec, (TreeMap)TreeJson.Parse("""{"containers":[{"name":"a"}],"nodeSelector":{"a":"1"}}"""), (TreeMap)TreeJson.Parse(patch)));
}
