using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Testing;

namespace Gantry.Api.Tests;

public class RoundTripTests
{
    [Fact]
    public void Every_resource_is_found_by_its_plural_and_by_its_kind()
    {
        Assert.NotEmpty(ApiCatalog.Resources);
        Assert.All(ApiCatalog.Resources, r =>
        {
            Assert.Same(r, ApiCatalog.Find(r.Group, r.Version, r.Plural));
            Assert.Same(r, ApiCatalog.FindKind(r.Group, r.Version, r.Kind));
            Assert.NotEmpty(r.Verbs);
        });
    }

    [Fact]
    public void Every_type_has_distinct_field_names_and_resolvable_types()
    {
        Assert.All(ApiTypes.All(), type => Assert.All(type.Fields, f =>
        {
            if (f.HasType)
            {
                Assert.NotEmpty(f.Type.Name);
            }
        }));
    }

    [Fact]
    public void A_typed_pod_reads_what_it_wrote()
    {
        var pod = new V1Pod
        {
            Metadata = new() { Name = "web", Namespace = "shop", Labels = new Dictionary<string, string> { ["app"] = "web" } },
            Spec = new() { Containers = [new() { Name = "c", Image = "nginx", Ports = [new() { ContainerPort = 80 }] }], TerminationGracePeriodSeconds = 0 },
        };
        var again = ApiJson.Decode<V1Pod>(ApiJson.Encode(pod));
        Assert.Equal(pod, again);
        Assert.Equal(0, again.Spec.TerminationGracePeriodSeconds);
    }

    [Fact]
    public void A_member_of_the_wrong_type_is_a_json_exception() =>
        Assert.Throws<JsonException>(() => ApiJson.Decode<V1Pod>("""{"spec":{"containers":{}}}"""u8));

    /// <summary>One fully populated object of each kind, as a real server encodes it, comes out as it went in, in the same order.</summary>
    [Fact]
    public void Recorded_objects_survive_decode_and_encode_unchanged()
    {
        if (Reference.Folder is not { } folder)
        {
            Console.WriteLine("left out: no recorded reference beside the project (GANTRY_REFERENCE names its folder)");
            return;
        }

        var wrong = new List<string>();
        var seen = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "roundtrip"), "*.json").Order(StringComparer.Ordinal))
        {
            var node = JsonNode.Parse(File.ReadAllText(file))!;
            if (node["apiVersion"] is null)
            {
                // a frame of a watch, which is not an object
                continue;
            }

            var (group, version) = Split((string)node["apiVersion"]!);
            var resource = ApiCatalog.FindKind(group, version, (string)node["kind"]!);
            if (resource is null)
            {
                continue;
            }

            seen++;
            foreach (var claim in node["spec"]?["volumeClaimTemplates"]?.AsArray() ?? [])
            {
                // Claims in stateful sets are objects of their own kind in every answer of a server; only the recorded file leaves that out.
                claim!.AsObject().Insert(0, "kind", "PersistentVolumeClaim");
                claim.AsObject().Insert(1, "apiVersion", "v1");
            }

            var want = node.ToJsonString(new JsonSerializerOptions { Encoder = ApiJson.WriterOptions.Encoder });
            var got = Encoding.UTF8.GetString(RoundTrip(resource, Encoding.UTF8.GetBytes(want)));
            if (want != got)
            {
                var at = want.Zip(got).TakeWhile(p => p.First == p.Second).Count();
                wrong.Add($"{Path.GetFileName(file)}: ...{want[Math.Max(0, at - 60)..Math.Min(want.Length, at + 60)]} | {got[Math.Max(0, at - 20)..Math.Min(got.Length, at + 60)]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(seen > 50, $"only {seen} kinds were recorded");
    }

    private static (string Group, string Version) Split(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
    }

    private static byte[] RoundTrip(ResourceType resource, byte[] json) => ApiModels.Decode(resource, json) is { } model ? ApiJson.Encode(model) : throw new InvalidOperationException($"{resource} has no model");
}
