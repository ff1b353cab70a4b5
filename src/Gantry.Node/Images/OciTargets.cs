using System.Text.Json;

namespace Gantry.Node.Images;

/// <summary>The images of an OCI layout by its index.json.</summary>
internal static class OciTargets
{
    public static List<(string Name, Target Target)> Read(Blob index, string? name)
    {
        using var json = JsonDocument.Parse(index.Content ?? throw new ImageArchiveException("index.json is too large"));
        var result = new List<(string, Target)>();
        foreach (var entry in json.RootElement.GetProperty("manifests").EnumerateArray())
        {
            var given = name ?? NameOf(entry) ?? throw new ImageArchiveException("an image in the archive has no name; give one with --name");
            var full = ImageReference.Parse(given)?.Full ?? throw new ImageArchiveException($"{given} is not a valid image name");
            result.Add((full, Target.Read(entry)));
        }

        return result.Count > 0 ? result : throw new ImageArchiveException("index.json lists no image");
    }

    private static string? NameOf(JsonElement entry)
    {
        if (!entry.TryGetProperty("annotations", out var notes))
        {
            return null;
        }

        if (notes.TryGetProperty(MediaTypes.NameAnnotation, out var full))
        {
            return full.GetString();
        }

        // By the OCI layout this may be a mere tag, which names nothing by itself.
        return notes.TryGetProperty(MediaTypes.RefNameAnnotation, out var reference) && reference.GetString() is { } text && text.AsSpan().ContainsAny(":/")
            ? text
            : null;
    }
}
