using System.Security.Cryptography;
using System.Text;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Http;

/// <summary>Aggregated discovery as clients ask for it: which version of it, and whether they have it already.</summary>
internal static class DiscoveryForm
{
    private const string Group = "apidiscovery.k8s.io";

    /// <summary>The version that the client likes best, or null where it wants plain discovery.</summary>
    public static string? Of(string accept)
    {
        if (!accept.Contains(Group, StringComparison.Ordinal))
        {
            return null;
        }

        var (best, bestQuality) = ((string?)null, 0d);
        foreach (var clause in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (version, quality) = Read(clause);
            if (quality > bestQuality)
            {
                (best, bestQuality) = (version, quality);
            }
        }

        return best;
    }

    /// <summary>The answer; 304 where the client names the tag of what it would get.</summary>
    /// <param name="context">The request.</param>
    /// <param name="version">From <see cref="Of"/>.</param>
    /// <param name="v2">The document in version v2; the older version differs by its name alone.</param>
    public static ApiAnswer Answer(HttpContext context, string version, byte[] v2)
    {
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

        return new ApiAnswer.Document(200, $"application/json;g={Group};v={version};as=APIGroupDiscoveryList", body);
    }

    // A clause that means plain discovery has no version, but counts as well.
    private static (string? Version, double Quality) Read(string clause)
    {
        var parts = clause.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts[0] is not ("application/json" or "application/*" or "*/*"))
        {
            return (null, 0);
        }

        string Value(string name) => parts.FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
        var quality = double.TryParse(Value("q"), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
        return (Value("as"), Value("g"), Value("v")) switch
        {
            ("", _, _) => (null, quality),
            ("APIGroupDiscoveryList", Group, ("v2" or "v2beta1") and var version) => (version, quality),
            _ => (null, 0),
        };
    }
}
