using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Conformance.Tests.Clients;

/// <summary>A client as operators are: it sends and accepts nothing but protobuf (patches are JSON, there is no other form of them).</summary>
[Collection(SharedCluster.Name)]
public sealed class ProtobufClientTests(SimulatedCluster cluster)
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    public static TheoryData<string, string, string, string> Kinds => new()
    {
        { "", "v1", "configmaps", """{"data":{"a":"b"}}""" },
        { "", "v1", "secrets", """{"type":"Opaque","data":{"a":"Yg=="}}""" },
        { "", "v1", "services", """{"spec":{"ports":[{"port":80}],"selector":{"a":"b"}}}""" },
        { "", "v1", "pods", """{"spec":{"containers":[{"name":"c","image":"none","resources":{"requests":{"cpu":"10m"}}}]}}""" },
        { "", "v1", "serviceaccounts", "{}" },
        { "apps", "v1", "deployments", """{"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"none"}]}}}}""" },
        { "batch", "v1", "cronjobs", """{"spec":{"schedule":"0 0 1 1 *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"none"}]}}}}}}""" },
        { "rbac.authorization.k8s.io", "v1", "roles", """{"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}""" },
        { "coordination.k8s.io", "v1", "leases", """{"spec":{"holderIdentity":"me","leaseDurationSeconds":15,"renewTime":"2026-01-01T00:00:00.123456Z"}}""" },
        { "networking.k8s.io", "v1", "ingresses", """{"spec":{"rules":[{"host":"a.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}""" },
        { "networking.k8s.io", "v1", "networkpolicies", """{"spec":{"podSelector":{},"policyTypes":["Ingress"]}}""" },
        { "policy", "v1", "poddisruptionbudgets", """{"spec":{"minAvailable":"50%","selector":{"matchLabels":{"a":"b"}}}}""" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_verb_works_in_protobuf_alone(string group, string version, string plural, string body)
    {
        var type = ApiCatalog.Find(group, version, plural)!;
        var list = $"{(group.Length == 0 ? "/api" : "/apis/" + group)}/{version}/namespaces/{await cluster.NamespaceAsync()}/{plural}";
        var value = (TreeMap)TreeJson.Parse(body);
        value["kind"] = type.Kind;
        value["apiVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        value["metadata"] = new TreeMap { ["name"] = "mine", ["labels"] = new TreeMap { ["made"] = "here" } };

        var made = await ObjectAsync(type, HttpMethod.Post, list, 201, KubernetesProtobuf.Encode(type.Schema, value));
        var read = await ObjectAsync(type, HttpMethod.Get, list + "/mine", 200);
        Assert.Equal(made.Map("metadata")!.Text("uid"), read.Map("metadata")!.Text("uid"));
        var json = (TreeMap)TreeJson.Parse((await cluster.GetAsync(list + "/mine")).ToJsonString());
        if (json.Map("metadata")!.Text("resourceVersion") == read.Map("metadata")!.Text("resourceVersion"))
        {
            Assert.Equal(TreeJson.WriteText(Canonical.Of(type.Schema, json)), TreeJson.WriteText(read));
        }

        var (code, listed) = await SendAsync(HttpMethod.Get, list + "?labelSelector=made%3Dhere");
        var envelope = KubernetesProtobuf.Open(listed);
        Assert.Equal((200, type.ListKind), (code, envelope.Kind));
        Assert.NotEqual(-1, listed.AsSpan().IndexOf("mine"u8));

        using var watch = await WatchAsync($"{list}?watch=true&labelSelector=made%3Dhere&resourceVersion={made.Map("metadata")!.Text("resourceVersion")}");
        var updated = await UpdateAsync(type, list + "/mine");
        Assert.Equal("yes", updated.Map("metadata")!.Map("annotations")!.Text("updated"));
        await SeesAsync(watch, type, "MODIFIED", o => o.Map("metadata")!.Map("annotations")?.Text("updated") == "yes");

        var patched = await ObjectAsync(type, HttpMethod.Patch, list + "/mine", 200, """{"metadata":{"annotations":{"patched":"yes"}}}"""u8.ToArray(), "application/strategic-merge-patch+json");
        Assert.Equal("yes", patched.Map("metadata")!.Map("annotations")!.Text("patched"));
        await SeesAsync(watch, type, "MODIFIED", o => o.Map("metadata")!.Map("annotations")?.Text("patched") == "yes");

        var (stale, refusal) = await SendAsync(HttpMethod.Put, list + "/mine", KubernetesProtobuf.Encode(type.Schema, made), Protobuf);
        Assert.Equal((409, "Conflict"), (stale, KubernetesProtobuf.Decode(ProtobufKinds.Find("v1", "Status")!, KubernetesProtobuf.Open(refusal)).Text("reason")));

        var options = new TreeMap { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1", ["gracePeriodSeconds"] = TreeInteger.Of(0), ["propagationPolicy"] = "Background" };
        (code, _) = await SendAsync(HttpMethod.Delete, list + "/mine", KubernetesProtobuf.Encode(ProtobufKinds.Find("v1", "DeleteOptions")!, options), Protobuf);
        Assert.Equal(200, code);
        await SeesAsync(watch, type, "DELETED", _ => true);
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, list + "/mine")).Code);
    }

    // As operators do: read, change, write, and begin anew when somebody else was faster.
    private async Task<TreeMap> UpdateAsync(ResourceType type, string path)
    {
        while (true)
        {
            var now = await ObjectAsync(type, HttpMethod.Get, path, 200);
            var metadata = now.Map("metadata")!;
            metadata["annotations"] = new TreeMap { ["updated"] = "yes" };
            var (code, body) = await SendAsync(HttpMethod.Put, path, KubernetesProtobuf.Encode(type.Schema, now), Protobuf);
            if (code != 409)
            {
                Assert.Equal(200, code);
                return KubernetesProtobuf.Decode(type.Schema, KubernetesProtobuf.Open(body));
            }
        }
    }

    private async Task<TreeMap> ObjectAsync(ResourceType type, HttpMethod method, string path, int wanted, byte[]? body = null, string contentType = Protobuf)
    {
        var (code, answer) = await SendAsync(method, path, body, contentType);
        Assert.True(code == wanted, $"{method} {path}: {code} {Encoding.UTF8.GetString(answer)}");
        return KubernetesProtobuf.Decode(type.Schema, KubernetesProtobuf.Open(answer));
    }

    private async Task<(int Code, byte[] Body)> SendAsync(HttpMethod method, string path, byte[]? body = null, string contentType = Protobuf)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", Protobuf);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        }

        using var response = await cluster.Http.SendAsync(request);
        Assert.Equal(Protobuf, response.Content.Headers.ContentType!.MediaType);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<Stream> WatchAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", Protobuf + ";stream=watch");
        var response = await cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync();
    }

    private static async Task SeesAsync(Stream watch, ResourceType type, string wanted, Func<TreeMap, bool> condition)
    {
        while (true)
        {
            var length = new byte[4];
            await watch.ReadExactlyAsync(length);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await watch.ReadExactlyAsync(frame);

            // Field 1 of the event is its type; the object begins with the magic number.
            var got = Encoding.ASCII.GetString(frame.AsSpan(2, frame[1]));
            var item = KubernetesProtobuf.Decode(type.Schema, KubernetesProtobuf.Open(frame.AsMemory(frame.AsSpan().IndexOf(KubernetesProtobuf.Magic))));
            if (got == wanted && condition(item))
            {
                return;
            }

            Assert.True(got is "ADDED" or "MODIFIED", $"{got} instead of {wanted}");
        }
    }
}
