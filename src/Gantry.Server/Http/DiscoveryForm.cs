using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Aggregated discovery as clients ask for it: which version of it, and whether they have it already.</summary>
internal static class DiscoveryForm
{
    private const string Group = "apidiscovery.k8s.io";

    /// <summary>The version and the encoding that the client likes best, or null where it wants plain discovery.</summary>
    public static (string Version, string Encoding)? Of(string accept)
    {
        if (!accept.Contains(Group, StringComparison.Ordinal))
        {
            return null;
        }

        var (best, bestQuality) = (((string, string)?)null, 0d);
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (version, encoding, quality) = Read(clause);
            if (quality > bestQuality)
            {
                (best, bestQuality) = (version is null ? null : (version, encoding), quality);
            }
        }

        return best;
    }

    /// <summary>The answer; 304 where the client names the tag of what it would get.</summary>
    /// <param name="context">The request.</param>
    /// <param name="form">From <see cref="Of"/>.</param>
    /// <param name="v2">The document in version v2; the older version differs by its name alone.</param>
    public static ApiAnswer Answer(HttpContext context, (string Version, string Encoding) form, byte[] v2)
    {
        var (version, encoding) = form;
        var body = version == "v2" ? v2 : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(v2).Replace($"\"{Group}/v2\"", $"\"{Group}/{version}\"", StringComparison.Ordinal));
        var headers = context.Response.Headers;
        headers.ETag = $"\"{Convert.ToHexString(SHA512.HashData(body))}\"";
        headers.Vary = "Accept";
        headers.CacheControl = "public";
        if (headers.ETag == context.Request.Headers.IfNoneMatch)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return ApiAnswer.Done.Instance;
        }

        // The tag is that of the document, whatever its encoding.
        body = encoding == ProtobufBodies.Type ? ProtobufBodies.Of(body) : encoding == "application/yaml" ? YamlText.Of(body) : body;
        return new ApiAnswer.Document(200, $"{encoding};g={Group};v={version};as=APIGroupDiscoveryList", body);
    }

    // A clause that means plain discovery has no version, but counts as well.
    private static (string? Version, string Encoding, double Quality) Read(string clause)
    {
        var parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var encoding = parts.FirstOrDefault() switch
        {
            "application/json" or "application/*" or "*/*" => "application/json",
            "application/yaml" or "text/yaml" => "application/yaml",
            ProtobufBodies.Type => ProtobufBodies.Type,
            _ => "",
        };
        if (encoding.Length == 0)
        {
            return (null, "", 0);
        }

        string Value(string name) => parts.FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
        var quality = double.TryParse(Value("q"), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
        return (Value("as"), Value("g"), Value("v")) switch
        {
            ("", _, _) => (null, "", quality),
            ("APIGroupDiscoveryList", Group, ("v2" or "v2beta1") and var version) => (version, encoding, quality),
            _ => (null, "", 0),
        };
    }
}
