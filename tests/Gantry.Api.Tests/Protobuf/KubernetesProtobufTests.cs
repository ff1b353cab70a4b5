using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;
using Gantry.Testing;

namespace Gantry.Api.Tests.Protobuf;

public class KubernetesProtobufTests
{
    /// <summary>One fully populated object of each kind, as a real server encodes it.</summary>
    [Fact]
    public void Recorded_objects_are_encoded_and_decoded_byte_for_byte()
    {
        if (Reference.Folder is not { } folder)
        {
            Console.WriteLine("left out: no recorded reference beside the project (GANTRY_REFERENCE names its folder)");
            return;
        }
        var wrong = new List<string>();
        var seen = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "roundtrip"), "*.pb").Order(StringComparer.Ordinal))
        {
            var value = (TreeMap)TreeJson.Parse(File.ReadAllBytes(Path.ChangeExtension(file, ".json")));
            var recorded = File.ReadAllBytes(file);
            if (value.Text("kind") is not { } kind || Schema(value.Text("apiVersion")!, kind) is not { } schema)
            {
                continue;
            }
            seen++;
            if (schema.Find("kind") is null)
            {
                wrong.Add($"{Path.GetFileName(file)}: the type says no kind");
                continue;
            }
            var encoded = KubernetesProtobuf.Encode(schema, value);
            if (!encoded.AsSpan().SequenceEqual(recorded))
            {
                var at = encoded.AsSpan().CommonPrefixLength(recorded);
                wrong.Add($"{Path.GetFileName(file)}: encoded differs at {at} of {recorded.Length}: {Hex(encoded, at)} instead of {Hex(recorded, at)}");
            }
            var decoded = KubernetesProtobuf.Decode(schema, KubernetesProtobuf.Open(recorded)).ToString();
            if (decoded != value.ToString())
            {
                var at = decoded.AsSpan().CommonPrefixLength(value.ToString());
                wrong.Add($"{Path.GetFileName(file)}: decoded {decoded[Math.Max(0, at - 60)..Math.Min(decoded.Length, at + 60)]} instead of {value.ToString()[at..Math.Min(value.ToString().Length, at + 60)]}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count}:\n{string.Join('\n', wrong)}");
        Assert.True(seen > 60, $"only {seen} were recorded");
    }

    [Fact]
    public void Lists_hold_the_messages_of_their_items()
    {
        var schema = ApiCatalog.Find("", "v1", "configmaps")!.Schema;
        var item = (TreeMap)TreeJson.Parse("""{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        var list = KubernetesProtobuf.EncodeList("v1", "ConfigMapList", new TreeMap { ["resourceVersion"] = "7" }, [KubernetesProtobuf.EncodeMessage(schema, item)]);
        var envelope = KubernetesProtobuf.Open(list);
        Assert.Equal(("v1", "ConfigMapList"), (envelope.ApiVersion, envelope.Kind));
        var type = new TypeSchema("v1.ConfigMapList", "", [
            new FieldSchema("metadata", ValueKind.Object, () => ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta")!) { Number = 1, Presence = Presence.Always },
            new FieldSchema("items", ValueKind.Object, () => schema) { Number = 2, Cardinality = Cardinality.List }]);
        var decoded = KubernetesProtobuf.Decode(type, envelope);
        Assert.Equal("7", decoded.Map("metadata")!.Text("resourceVersion"));
        Assert.Equal("""{"k":"v"}""", ((TreeMap)decoded.List("items")![0])["data"]!.ToString());
    }

    [Fact]
    public void Numbers_may_stand_in_one_field()
    {
        var schema = new TypeSchema("x", "", [new FieldSchema("n", ValueKind.Int64) { Number = 4, Cardinality = Cardinality.List, Presence = Presence.OmitEmpty }]);
        var decoded = KubernetesProtobuf.Decode(schema, new ProtoEnvelope("", "", new byte[] { 0x22, 3, 1, 0xac, 2, 0x20, 7 }, ""));
        Assert.Equal("""{"n":[1,300,7]}""", decoded.ToString());
    }

    [Fact]
    public void A_watch_frame_says_its_length_first()
    {
        var encoded = KubernetesProtobuf.Encode(ApiCatalog.Find("", "v1", "configmaps")!.Schema, (TreeMap)TreeJson.Parse("""{"kind":"ConfigMap","apiVersion":"v1"}"""));
        Assert.Equal(encoded, KubernetesProtobuf.Wrap("v1", "ConfigMap", KubernetesProtobuf.Open(encoded).Message.Span));
        var frame = KubernetesProtobuf.EncodeWatchFrame("ADDED", encoded);
        Assert.Equal(frame.Length - 4, (frame[0] << 24) | (frame[1] << 16) | (frame[2] << 8) | frame[3]);
        Assert.Equal([0x0a, 5, .. "ADDED"u8, 0x12], frame[4..12]);
        Assert.Equal(encoded, frame[^encoded.Length..]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("k8s\0\u000a")]
    [InlineData("k8s\0\u0012\u0010ab")]
    public void What_is_no_protobuf_is_refused(string text) =>
        Assert.Throws<ProtoException>(() => KubernetesProtobuf.Open(System.Text.Encoding.UTF8.GetBytes(text)));

    private static string Hex(byte[] bytes, int at) => Convert.ToHexString(bytes.AsSpan(Math.Max(0, at - 8), Math.Min(bytes.Length - Math.Max(0, at - 8), 24)));

    private static TypeSchema? Schema(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
        return ApiCatalog.FindKind(group, version, kind)?.Schema
            ?? ApiTypes.Find($"io.k8s.api.{(group.Length == 0 ? "core" : group.Split('.')[0])}.{version}.{kind}")
            ?? ApiTypes.Find($"io.k8s.apimachinery.pkg.apis.meta.{version}.{kind}");
    }
}
