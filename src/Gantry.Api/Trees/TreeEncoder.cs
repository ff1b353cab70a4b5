using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>Objects to the bytes the Go server prints for them (without its trailing line feed).</summary>
public static class TreeEncoder
{
    public static byte[] Encode(TypeSchema schema, TreeMap map) => TreeJson.Write(Canonical.Of(schema, map));
}
