using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gantry.Node.Images;

/// <summary>Builds a one-layer OCI image archive. The same input gives the same bytes, so a second import changes nothing.</summary>
public static class OciArchive
{
    /// <param name="reference">The image's full reference, kept as the archive's name annotation.</param>
    /// <param name="layer">An uncompressed tar with the root file system.</param>
    /// <param name="entrypoint">The program and its first arguments.</param>
    /// <param name="user">"uid:gid", or empty for root.</param>
    public static byte[] Build(string reference, byte[] layer, IReadOnlyList<string> entrypoint, Architecture architecture, string user = "")
    {
        var layerDigest = Digest(layer);
        var config = Json(json =>
        {
            json.WriteString("architecture", architecture == Architecture.Arm64 ? "arm64" : "amd64");
            json.WriteString("os", "linux");
            json.WriteStartObject("config");
            json.WriteString("User", user);
            Strings(json, "Env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
            Strings(json, "Entrypoint", entrypoint);
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            Strings(json, "diff_ids", [layerDigest]);
            json.WriteEndObject();
        });
        var manifest = Json(json =>
        {
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciManifest);
            json.WriteStartObject("config");
            Descriptor(json, MediaTypes.OciConfig, config);
            json.WriteEndObject();
            json.WriteStartArray("layers");
            json.WriteStartObject();
            Descriptor(json, MediaTypes.OciLayer, layer);
            json.WriteEndObject();
            json.WriteEndArray();
        });
        var index = Json(json =>
        {
            json.WriteNumber("schemaVersion", 2);
            json.WriteStartArray("manifests");
            json.WriteStartObject();
            Descriptor(json, MediaTypes.OciManifest, manifest);
            json.WriteStartObject("annotations");
            json.WriteString(MediaTypes.NameAnnotation, reference);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        });
        return Tar(
        [
            ("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray(), false),
            ("index.json", index, false),
            (BlobPath(config), config, false),
            (BlobPath(manifest), manifest, false),
            (BlobPath(layer), layer, false),
        ]);
    }

    /// <summary>The pause image: one file, /pause, run as nobody.</summary>
    public static byte[] Pause(string reference, Architecture architecture) =>
        Build(reference, Tar([("pause", PauseProgram.Elf(architecture), true)]), ["/pause"], architecture, "65535:65535");

    /// <summary>A tar of the given files with fixed times and owners.</summary>
    public static byte[] Tar(IEnumerable<(string Path, byte[] Content, bool Executable)> files)
    {
        var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content, executable) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
                {
                    Mode = (UnixFileMode)Convert.ToInt32(executable ? "755" : "644", 8),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    DataStream = new MemoryStream(content),
                });
            }
        }

        return buffer.ToArray();
    }

    public static string Digest(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static string BlobPath(byte[] content) => "blobs/sha256/" + Digest(content)["sha256:".Length..];

    private static void Descriptor(Utf8JsonWriter json, string mediaType, byte[] content)
    {
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", Digest(content));
        json.WriteNumber("size", content.Length);
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
