using System.Buffers.Binary;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.Protobuf;

/// <summary>Objects in Kubernetes' protobuf form: a magic number, an envelope with apiVersion and kind, the object's message.</summary>
public static class KubernetesProtobuf
{
    private const int TypeField = 1, RawField = 2, EncodingField = 3, ContentTypeField = 4;

    /// <summary>What every encoded object begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>Encodes one object.</summary>
    /// <param name="schema">Its type.</param>
    /// <param name="value">The object; apiVersion and kind go into the envelope.</param>
    public static byte[] Encode(TypeSchema schema, TreeMap value)
    {
        using var output = new ProtoOutput();
        Begin(output);
        var mark = output.Length;
        ProtoEncoder.Message(output, schema, value);
        End(output, mark, value.Text("apiVersion") ?? "", value.Text("kind") ?? "");
        return output.Written.ToArray();
    }

    /// <summary>The message of an object without envelope, as lists hold it.</summary>
    public static byte[] EncodeMessage(TypeSchema schema, TreeMap value)
    {
        using var output = new ProtoOutput();
        ProtoEncoder.Message(output, schema, value);
        return output.Written.ToArray();
    }

    /// <summary>Puts a message from <see cref="EncodeMessage"/> into the envelope, which gives what <see cref="Encode"/> does.</summary>
    public static byte[] Wrap(string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        using var output = new ProtoOutput();
        Begin(output);
        var mark = output.Length;
        output.Bytes(message);
        End(output, mark, apiVersion, kind);
        return output.Written.ToArray();
    }

    /// <summary>Encodes a list.</summary>
    /// <param name="apiVersion">The list's apiVersion.</param>
    /// <param name="kind">The list's kind.</param>
    /// <param name="metadata">The list's metadata.</param>
    /// <param name="items">The messages of its items, from <see cref="EncodeMessage"/>.</param>
    public static byte[] EncodeList(string apiVersion, string kind, TreeMap metadata, IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        using var output = new ProtoOutput();
        Begin(output);
        var mark = output.Length;
        for (var i = items.Count - 1; i >= 0; i--)
        {
            output.Blob(2, items[i].Span);
        }
        var meta = output.Length;
        ProtoEncoder.Message(output, ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta")!, metadata);
        output.Head(1, meta);
        End(output, mark, apiVersion, kind);
        return output.Written.ToArray();
    }

    /// <summary>A frame of a watch: four bytes of length, the event with the encoded object in it.</summary>
    /// <param name="type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
    /// <param name="encoded">The object from <see cref="Encode"/>.</param>
    public static byte[] EncodeWatchFrame(string type, ReadOnlySpan<byte> encoded)
    {
        using var output = new ProtoOutput();
        output.Blob(1, encoded);
        output.Head(2, 0);
        output.Text(1, type);
        var frame = new byte[4 + output.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, output.Length);
        output.Written.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>Reads the envelope of an encoded object.</summary>
    /// <exception cref="ProtoException">The bytes are no encoded object.</exception>
    public static ProtoEnvelope Open(ReadOnlyMemory<byte> encoded)
    {
        if (!encoded.Span.StartsWith(Magic))
        {
            throw new ProtoException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        string apiVersion = "", kind = "", contentType = "";
        var message = ReadOnlyMemory<byte>.Empty;
        var input = new ProtoInput(encoded.Span[Magic.Length..]);
        while (input.Next())
        {
            switch (input.Number)
            {
                case TypeField:
                    (apiVersion, kind) = TypeOf(input.Content);
                    break;
                case RawField:
                    message = input.Content.ToArray();
                    break;
                case ContentTypeField:
                    contentType = ProtoDecoder.Text(input.Content).Value;
                    break;
            }
        }
        return new ProtoEnvelope(apiVersion, kind, message, contentType);
    }

    /// <summary>Reads an object's message; apiVersion and kind are those of the envelope.</summary>
    /// <exception cref="ProtoException">The message is malformed.</exception>
    public static TreeMap Decode(TypeSchema schema, ProtoEnvelope envelope)
    {
        if (envelope.ContentType.Length > 0 && envelope.ContentType != "application/vnd.kubernetes.protobuf")
        {
            return FreeJson(schema, envelope);
        }
        var value = ProtoDecoder.Message(schema, envelope.Message.Span, 0);
        if (envelope.Kind.Length > 0)
        {
            value["kind"] = envelope.Kind;
        }
        if (envelope.ApiVersion.Length > 0)
        {
            value["apiVersion"] = envelope.ApiVersion;
        }
        return Canonical.Of(schema, value);
    }

    private static TreeMap FreeJson(TypeSchema schema, ProtoEnvelope envelope) =>
        TreeDecoder.Decode(schema, envelope.Message.Span, FieldValidation.Ignore) is { Object: { } value } ? value : throw new ProtoException("the object is no protobuf");

    private static void Begin(ProtoOutput output)
    {
        output.Text(ContentTypeField, "");
        output.Text(EncodingField, "");
    }

    private static void End(ProtoOutput output, int mark, string apiVersion, string kind)
    {
        output.Head(RawField, mark);
        var type = output.Length;
        output.Text(2, kind);
        output.Text(1, apiVersion);
        output.Head(TypeField, type);
        output.Bytes(Magic);
    }

    private static (string ApiVersion, string Kind) TypeOf(ReadOnlySpan<byte> message)
    {
        string apiVersion = "", kind = "";
        var input = new ProtoInput(message);
        while (input.Next())
        {
            (apiVersion, kind) = input.Number switch
            {
                1 => (ProtoDecoder.Text(input.Content).Value, kind),
                2 => (apiVersion, ProtoDecoder.Text(input.Content).Value),
                _ => (apiVersion, kind),
            };
        }
        return (apiVersion, kind);
    }
}
