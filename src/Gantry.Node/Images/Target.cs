using System.Text.Json;

namespace Gantry.Node.Images;

/// <summary>What an image name points to. <see cref="Content"/> is set when the manifest was made by us and lies in no file.</summary>
internal sealed record Target(string MediaType, string Digest, long Size, byte[]? Content = null)
{
    public static Target Read(JsonElement descriptor) => new(
        descriptor.TryGetProperty("mediaType", out var type) ? type.GetString() ?? "" : MediaTypes.OciManifest,
        descriptor.GetProperty("digest").GetString() ?? "",
        descriptor.GetProperty("size").GetInt64());
}
