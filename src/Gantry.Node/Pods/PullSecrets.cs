using System.Text;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Node.Cri;
using Gantry.Node.Images;

namespace Gantry.Node.Pods;

/// <summary>Credentials for registries from secrets of Docker's two formats.</summary>
public static class PullSecrets
{
    private static readonly string[] HubNames = ["docker.io", "index.docker.io", "registry-1.docker.io"];

    /// <summary>The credentials that fit the image, the most specific first; of equals the earlier secret's. A secret that cannot be read gives none.</summary>
    public static IReadOnlyList<AuthConfig> For(ImageReference image, IEnumerable<V1Secret> secrets)
    {
        var found = new List<(int Length, AuthConfig Auth)>();
        foreach (var secret in secrets)
        {
            try
            {
                foreach (var (host, auth) in Read(secret))
                {
                    if (Fits(host, image) is { } length)
                    {
                        found.Add((length, auth));
                    }
                }
            }
            catch (Exception damaged) when (damaged is JsonException or FormatException or InvalidOperationException)
            {
                // Another secret may do; if none does, the registry's refusal tells.
            }
        }

        return [.. found.OrderByDescending(f => f.Length).Select(f => f.Auth)];
    }

    private static IEnumerable<(string Host, AuthConfig Auth)> Read(V1Secret secret)
    {
        var modern = secret.Data.TryGetValue(".dockerconfigjson", out var bytes);
        if (!modern && !secret.Data.TryGetValue(".dockercfg", out bytes))
        {
            yield break;
        }

        using var json = JsonDocument.Parse(bytes!);
        var hosts = json.RootElement;
        if (modern && !hosts.TryGetProperty("auths", out hosts))
        {
            yield break;
        }

        foreach (var host in hosts.EnumerateObject())
        {
            yield return (host.Name, Auth(host.Value));
        }
    }

    private static AuthConfig Auth(JsonElement entry)
    {
        string Text(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        var result = new AuthConfig { Username = Text("username"), Password = Text("password"), IdentityToken = Text("identitytoken"), RegistryToken = Text("registrytoken") };
        if (Text("auth") is { Length: > 0 } both)
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(both));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                result.Username = pair[..colon];
                result.Password = pair[(colon + 1)..];
            }
        }

        return result;
    }

    // The length of what matched, or null: "*.example.org", "example.org" and "example.org/team" all may match example.org/team/app.
    private static int? Fits(string pattern, ImageReference image)
    {
        var text = pattern.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).TrimEnd('/');
        foreach (var version in (string[])["/v1", "/v2"])
        {
            text = text.EndsWith(version, StringComparison.Ordinal) ? text[..^version.Length] : text;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (host, path) = slash < 0 ? (text, "") : (text[..slash], text[(slash + 1)..]);
        host = HubNames.Contains(host, StringComparer.Ordinal) ? "docker.io" : host;
        var sameHost = host == image.Domain
            || (host.StartsWith("*.", StringComparison.Ordinal) && image.Domain.EndsWith(host[1..], StringComparison.Ordinal) && !image.Domain[..^(host.Length - 1)].Contains('.', StringComparison.Ordinal));
        var samePath = path.Length == 0 || image.Path == path || image.Path.StartsWith(path + "/", StringComparison.Ordinal);
        return sameHost && samePath ? text.Length : null;
    }
}
