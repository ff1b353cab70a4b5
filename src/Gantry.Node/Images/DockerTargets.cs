using System.Text.Json;

namespace Gantry.Node.Images;

/// <summary>The images of a `docker save` archive by its manifest.json; their manifests do not exist yet and are made here.</summary>
internal static class DockerTargets
{
    public static List<(string Name, Target Target)> Read(IReadOnlyDictionary<string, Blob> files, string? name)
    {
        using var json = JsonDocument.Parse(files["manifest.json"].Content ?? throw new ImageArchiveException("manifest.json is too large"));
        var result = new List<(string, Target)>();
        foreach (var entry in json.RootElement.EnumerateArray())
        {
            var manifest = Manifest(entry, files);
            var target = new Target(MediaTypes.DockerManifest, OciArchive.Digest(manifest), manifest.Length, manifest);
            var names = name is not null ? [name] : Tags(entry);
            if (names.Count == 0)
            {
                throw new ImageArchiveException("an image in the archive has no name; give one with --name");
            }

            foreach (var given in names)
            {
                result.Add((ImageReference.Parse(given)?.Full ?? throw new ImageArchiveException($"{given} is not a valid image name"), target));
            }
        }

        return result;
    }

    private static List<string> Tags(JsonElement entry) =>
        entry.TryGetProperty("RepoTags", out var tags) && tags.ValueKind == JsonValueKind.Array ? [.. tags.EnumerateArray().Select(t => t.GetString() ?? "")] : [];

    private static byte[] Manifest(JsonElement entry, IReadOnlyDictionary<string, Blob> files)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.DockerManifest);
            json.WritePropertyName("config");
            Descriptor(json, MediaTypes.DockerConfig, Find(files, entry.GetProperty("Config").GetString()));
            json.WriteStartArray("layers");
            foreach (var layer in entry.GetProperty("Layers").EnumerateArray())
            {
                Descriptor(json, MediaTypes.DockerLayer, Find(files, layer.GetString()));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static Blob Find(IReadOnlyDictionary<string, Blob> files, string? path) =>
        path is not null && files.TryGetValue(path, out var blob) ? blob : throw new ImageArchiveException($"the file {path} is missing in the archive");

    private static void Descriptor(Utf8JsonWriter json, string type, Blob blob)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", type);
        json.WriteString("digest", blob.Digest);
        json.WriteNumber("size", blob.Size);
        json.WriteEndObject();
    }
}
