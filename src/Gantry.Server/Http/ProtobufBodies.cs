using Gantry.Api.Protobuf;
using Gantry.Api.Trees;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Reading;
using Gantry.Server.Registry;

namespace Gantry.Server.Http;

/// <summary>Kubernetes' protobuf form of what the server keeps and computes as JSON.</summary>
internal static class ProtobufBodies
{
    public const string Type = "application/vnd.kubernetes.protobuf";

    public const string WatchType = Type + ";stream=watch";

    /// <summary>A body as JSON; where it cannot be read, as it came and with what is wrong with it.</summary>
    /// <param name="body">What came.</param>
    /// <param name="group">The group of the path that it came to.</param>
    /// <param name="mayBeEmpty">Whether the request may have no body.</param>
    public static (ReadOnlyMemory<byte> Json, BodyProblem? Problem) ToJson(ReadOnlyMemory<byte> body, string group, bool mayBeEmpty)
    {
        if (body.IsEmpty)
        {
            return (body, mayBeEmpty ? null : new BodyProblem("", "", "empty data"));
        }

        var (apiVersion, kind) = ("", "");
        try
        {
            var envelope = KubernetesProtobuf.Open(body);
            (apiVersion, kind) = (envelope.ApiVersion, envelope.Kind);
            return ProtobufKinds.Find(apiVersion, kind) is { } schema
                ? (TreeJson.Write(KubernetesProtobuf.Decode(schema, envelope)), null)
                : (body, new BodyProblem(apiVersion, kind, $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme \"{RegisteredKinds.SchemeOf(group)}\""));
        }
        catch (ProtoException e)
        {
            return (body, new BodyProblem(apiVersion, kind, e.Message));
        }
    }

    /// <summary>An object's encoded form.</summary>
    /// <param name="json">The object with apiVersion and kind, as the server writes it.</param>
    /// <exception cref="InvalidOperationException">The kind has no such form; such kinds are not negotiated.</exception>
    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var header = Api.Trees.ObjectHeader.Read(json);
        var schema = ProtobufKinds.Find(header.ApiVersion, header.Kind) ?? throw new InvalidOperationException($"{header.ApiVersion} {header.Kind} has no protobuf form");
        return KubernetesProtobuf.Encode(schema, Tree(schema, json));
    }

    /// <summary>A kept object's encoded form.</summary>
    public static byte[] Of(ServedResource resource, StoredObject value) => resource.Conversion is null
        ? KubernetesProtobuf.Wrap(resource.Type.ApiVersion, resource.Type.Kind, value.Message)
        : Of(resource.Json(value).Span);

    /// <summary>A page of a list.</summary>
    /// <param name="page">The page.</param>
    /// <param name="metadataVersion">The version of meta.k8s.io where only metadata is wanted, else null.</param>
    public static byte[] Of(ListPage page, string? metadataVersion)
    {
        var type = page.Resource.Type;
        var metadata = new TreeMap();
        if (page.Version is { Length: > 0 } version)
        {
            metadata.Add("resourceVersion", version);
        }

        if (page.Continue.Length > 0)
        {
            metadata.Add("continue", page.Continue);
        }

        if (page.Remaining is { } remaining)
        {
            metadata.Add("remainingItemCount", (long)remaining);
        }

        var schema = metadataVersion is null ? type.Schema : ProtobufKinds.Find("meta.k8s.io/" + metadataVersion, "PartialObjectMetadata")!;
        var items = new List<ReadOnlyMemory<byte>>();
        foreach (var item in page.Items)
        {
            items.Add(metadataVersion is null && page.Resource.Conversion is null
                ? item.Message
                : KubernetesProtobuf.EncodeMessage(schema, Tree(schema, page.Resource.Json(item).Span)));
        }

        return metadataVersion is null
            ? KubernetesProtobuf.EncodeList(type.ApiVersion, type.ListKind, metadata, items)
            : KubernetesProtobuf.EncodeList("meta.k8s.io/" + metadataVersion, "PartialObjectMetadataList", metadata, items);
    }

    private static TreeMap Tree(Api.Schemas.TypeSchema schema, ReadOnlySpan<byte> json) =>
        TreeDecoder.Decode(schema, json, FieldValidation.Ignore) is { Object: { } value } ? value : throw new InvalidDataException("an object that the server wrote cannot be read");
}
