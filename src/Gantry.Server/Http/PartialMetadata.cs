using System.Text;
using System.Text.Json;
using Gantry.Api.Trees;

namespace Gantry.Server.Http;

/// <summary>Objects without their content: the metadata is copied, nothing is decoded.</summary>
internal static class PartialMetadata
{
    /// <summary>The object as PartialObjectMetadata of that version of meta.k8s.io.</summary>
    public static byte[] Of(ReadOnlySpan<byte> json, string version)
    {
        var begin = $"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/{version}\",\"metadata\":";
        var metadata = Metadata(json);
        if (metadata.IndexOf("\"deprecated.daemonset.template.generation\""u8) >= 0)
        {
            metadata = WithoutTemplateGeneration(metadata);
        }

        var answer = new byte[begin.Length + metadata.Length + 1];
        Encoding.ASCII.GetBytes(begin, answer);
        metadata.CopyTo(answer.AsSpan(begin.Length));
        answer[^1] = (byte)'}';
        return answer;
    }

    private static ReadOnlySpan<byte> Metadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return "{}"u8;
    }

    // This annotation of daemon sets stands for a field that the API no longer has; clients see it only in whole objects.
    private static byte[] WithoutTemplateGeneration(ReadOnlySpan<byte> metadata)
    {
        var tree = (TreeMap)TreeJson.Parse(metadata);
        if (tree.Map("annotations") is { } annotations && annotations.Remove("deprecated.daemonset.template.generation") && annotations.Count == 0)
        {
            tree.Remove("annotations");
        }

        return TreeJson.Write(tree);
    }
}
