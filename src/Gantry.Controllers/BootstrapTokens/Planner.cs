using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.BootstrapTokens;

/// <summary>
/// Removes bootstrap tokens that have expired, and signs with the others what new nodes are told about the cluster before they trust it. Pure.
/// Rules: Kubernetes documentation, "Authenticating with Bootstrap Tokens".
/// </summary>
public static class BootstrapTokenPlanner
{
    public const string Type = "bootstrap.kubernetes.io/token";
    public const string TokenNamespace = "kube-system";
    public const string InfoNamespace = "kube-public";
    public const string InfoName = "cluster-info";
    private const string Kubeconfig = "kubeconfig";
    private const string SignaturePrefix = "jws-kubeconfig-";

    public static bool IsToken(V1Secret secret) => secret.Type == Type && secret.Metadata.Namespace == TokenNamespace;

    /// <summary>The time until a token expires; null for never. What cannot be read has expired.</summary>
    public static TimeSpan? Rest(V1Secret secret, DateTimeOffset now)
    {
        var text = Text(secret, "expiration");
        return text.Length == 0 ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end - now
            : TimeSpan.Zero;
    }

    /// <summary>Removes the token if it has expired.</summary>
    public static IReadOnlyList<Intent> Clean(V1Secret secret, DateTimeOffset now) =>
        secret.Metadata.DeletionTimestamp is null && Rest(secret, now) <= TimeSpan.Zero ? [new Delete<V1Secret>(ObjectKey.Of(secret), secret.Metadata.Uid)] : [];

    /// <summary>Gives the information about the cluster one signature a token that may sign, and takes others away.</summary>
    /// <param name="info">The ConfigMap, or null when there is none: then there is nothing to sign.</param>
    /// <param name="secrets">The tokens.</param>
    /// <param name="now">When.</param>
    public static IReadOnlyList<Intent> Sign(V1ConfigMap? info, IEnumerable<V1Secret> secrets, DateTimeOffset now)
    {
        if (info is null || !info.Data.TryGetValue(Kubeconfig, out var content))
        {
            return [];
        }

        var data = info.Data.Where(d => !d.Key.StartsWith(SignaturePrefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        foreach (var secret in secrets.Where(s => Signs(s, now)))
        {
            var id = Text(secret, "token-id");
            data[SignaturePrefix + id] = Signature(content, id, secret.Data["token-secret"]);
        }

        return data.Count == info.Data.Count && data.All(d => info.Data.GetValueOrDefault(d.Key) == d.Value) ? [] : [new Update<V1ConfigMap>(info with { Data = data })];
    }

    private static bool Signs(V1Secret secret, DateTimeOffset now)
    {
        var id = Text(secret, "token-id");
        return IsToken(secret) && secret.Metadata.DeletionTimestamp is null && id.Length > 0 && secret.Metadata.Name == "bootstrap-token-" + id
            && secret.Data.TryGetValue("token-secret", out var key) && key.Length > 0 && Rest(secret, now) is null or { Ticks: > 0 }
            && Text(secret, "usage-bootstrap-signing") == "true";
    }

    // RFC 7515 with a detached payload: who has the token has the payload already.
    private static string Signature(string content, string id, byte[] key)
    {
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"HS256","kid":"{{id}}"}"""));
        var signed = Encoding.ASCII.GetBytes(header + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content)));
        return header + ".." + Base64Url.EncodeToString(HMACSHA256.HashData(key, signed));
    }

    private static string Text(V1Secret secret, string key) => Encoding.UTF8.GetString(secret.Data.GetValueOrDefault(key, []));
}
