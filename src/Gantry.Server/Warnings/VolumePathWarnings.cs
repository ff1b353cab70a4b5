using Gantry.Api.Models;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about files of one volume that would lie upon each other.</summary>
internal static class VolumePathWarnings
{
    private readonly record struct Entry(string Path, string Source)
    {
        public override string ToString() => Source.Length == 0 ? $"\"{Path}\"" : $"\"{Path}\" ({Source})";
    }

    public static void Overlaps(IReadOnlyList<V1Volume> volumes, Action<string> warn)
    {
        foreach (var volume in volumes)
        {
            if (volume.ConfigMap is { Items.Count: > 0 } map)
            {
                Check(volume.Name, $"ConfigMap \"{map.Name}\"", map.Items.Select(i => new Entry(i.Path, "")), warn);
            }

            if (volume.Secret is { Items.Count: > 0 } secret)
            {
                Check(volume.Name, $"Secret \"{secret.SecretName}\"", secret.Items.Select(i => new Entry(i.Path, "")), warn);
            }

            if (volume.DownwardAPI is { Items.Count: > 0 } downward)
            {
                Check(volume.Name, "DownwardAPI", downward.Items.Select(i => new Entry(i.Path, "")), warn);
            }

            if (volume.Projected is { } projected)
            {
                Check(volume.Name, "Projected", projected.Sources.SelectMany(s => Entries(volume.Name, s, warn)), warn);
            }
        }
    }

    private static IEnumerable<Entry> Entries(string volume, V1VolumeProjection source, Action<string> warn)
    {
        switch (source)
        {
            case { ConfigMap: null, Secret: null, DownwardAPI: null, ServiceAccountToken: null, ClusterTrustBundle: null }:
                warn($"volume \"{volume}\" (Projected) has no sources provided");
                return [];
            case { ConfigMap: { Items.Count: > 0 } map }:
                return map.Items.Select(i => new Entry(i.Path, $"ConfigMap \"{map.Name}\""));
            case { Secret: { Items.Count: > 0 } secret }:
                return secret.Items.Select(i => new Entry(i.Path, $"Secret \"{secret.Name}\""));
            case { DownwardAPI: { Items.Count: > 0 } downward }:
                return downward.Items.Select(i => new Entry(i.Path, "DownwardAPI"));
            case { ServiceAccountToken: { } token }:
                return [new Entry(token.Path, "ServiceAccountToken")];
            default:
                return [];
        }
    }

    private static void Check(string volume, string what, IEnumerable<Entry> entries, Action<string> warn)
    {
        var seen = new List<Entry>();
        foreach (var given in entries)
        {
            var entry = given with { Path = (given.Path ?? "").TrimEnd('/') };
            foreach (var other in seen)
            {
                if (entry.Path.Length > 0 && other.Path.Length > 0 && (Within(entry.Path, other.Path) || Within(other.Path, entry.Path)))
                {
                    warn($"volume \"{volume}\" ({what}): overlapping paths: {entry} with {other}");
                }
            }

            seen.Add(entry);
        }
    }

    private static bool Within(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
