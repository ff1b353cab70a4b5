using System.Text;
using Gantry.Api.Defaults;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;
using Gantry.Testing;

namespace Gantry.Api.Tests.Trees;

public sealed class CanonicalTests
{
    [Fact]
    public void Zero_values_are_written_and_left_out_as_Go_does()
    {
        var map = TreeDecoder.Decode(ApiTypes.V1Deployment, """{"kind":"Deployment","spec":{"paused":false,"replicas":0,"template":{"spec":{"containers":[],"volumes":[]}}}}"""u8, FieldValidation.Strict).Object!;
        Assert.Equal(
            """{"kind":"Deployment","metadata":{"creationTimestamp":null},"spec":{"replicas":0,"selector":null,"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}},"strategy":{}},"status":{}}""",
            Encoding.UTF8.GetString(TreeEncoder.Encode(ApiTypes.V1Deployment, map)));
    }

    [Fact]
    public void What_is_canonical_is_shared()
    {
        var map = Canonical.Of(ApiTypes.V1Pod, TreeDecoder.Decode(ApiTypes.V1Pod, """{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]}}"""u8, FieldValidation.Strict).Object!);
        Assert.Same(map, Canonical.Of(ApiTypes.V1Pod, map));
    }

    [Fact]
    public void Fields_that_were_added_last_come_out_in_their_place()
    {
        var map = TreeDecoder.Decode(ApiTypes.V1ConfigMap, """{"data":{"b":"1"}}"""u8, FieldValidation.Strict).Object!;
        map["metadata"] = new TreeMap { };
        map["kind"] = "ConfigMap";
        map.Map("data")!["a"] = "0";
        Assert.Equal("""{"kind":"ConfigMap","metadata":{"creationTimestamp":null},"data":{"a":"0","b":"1"}}""", Canonical.Of(ApiTypes.V1ConfigMap, map).ToString());
    }

    [Fact]
    public void Text_is_escaped_as_Go_does() =>
        Assert.Equal("""{"a\u003c":"\u003e\u0026\"\\\n\u0001ü€𝄞\u2028"}""", new TreeMap { ["a<"] = ">&\"\\\n\u0001ü€𝄞\u2028" }.ToString());

    [Theory]
    [InlineData("1.5")]
    [InlineData("100")]
    [InlineData("1e+21")]
    [InlineData("1e-7")]
    [InlineData("0.000001")]
    [InlineData("123456789012345680000")]
    public void Numbers_print_as_in_Go(string number) => Assert.Equal(number, TreeJson.Parse(number).ToString());

    [Fact]
    public void Defaults_fill_what_is_there_and_what_Go_holds_by_value()
    {
        var map = TreeDecoder.Decode(ApiTypes.V1Pod, """{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1000m","memory":"1100u"}}}]}}"""u8, FieldValidation.Strict).Object!;
        var defaulted = Defaulter.Apply(ApiTypes.V1Pod, map);
        var container = (TreeMap)defaulted.Map("spec")!.List("containers")![0];
        Assert.Equal("TCP", ((TreeMap)container.List("ports")![0]).Text("protocol"));
        Assert.Equal("""{"cpu":"1","memory":"2m"}""", container.Map("resources")!.Map("limits")!.ToString());
        Assert.Null(((TreeMap)map.Map("spec")!.List("containers")![0]).List("ports")![0] is TreeMap port ? port["protocol"] : null);
        Assert.Same(defaulted, Defaulter.Apply(ApiTypes.V1Pod, defaulted));
    }

    /// <summary>One fully populated object of each kind, as a real server encodes it.</summary>
    [Fact]
    public void Recorded_objects_survive_unchanged()
    {
        if (Reference.Folder is not { } folder)
        {
            return;
        }
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "roundtrip"), "*.json").Order(StringComparer.Ordinal))
        {
            var tree = (TreeMap)TreeJson.Parse(File.ReadAllBytes(file));
            // what has no apiVersion is a frame of a watch, which is not an object
            if (tree.Text("apiVersion")?.Split('/') is not { } version || ApiCatalog.FindKind(version.Length == 1 ? "" : version[0], version[^1], tree.Text("kind")!) is not { } resource)
            {
                continue;
            }
            var want = tree.ToString();
            var result = TreeDecoder.Decode(resource.Schema, Encoding.UTF8.GetBytes(want), FieldValidation.Strict);
            var got = result.Error ?? Canonical.Of(resource.Schema, result.Object!).ToString();
            if (want != got)
            {
                var at = want.Zip(got).TakeWhile(p => p.First == p.Second).Count();
                wrong.Add($"{Path.GetFileName(file)}: ...{want[Math.Max(0, at - 60)..Math.Min(want.Length, at + 60)]} | {got[Math.Max(0, at - 20)..Math.Min(got.Length, at + 60)]}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
