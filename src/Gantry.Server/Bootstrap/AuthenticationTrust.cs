using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Bootstrap;

/// <summary>
/// The ConfigMap <c>extension-apiserver-authentication</c> where there is one already: what other servers of the cluster wrote stays beside what this one wants, so
/// that authorities can be changed while the old ones are still in use (Kubernetes' cluster authentication trust controller).
/// </summary>
public static class AuthenticationTrust
{
    private const string Authorities = "-ca-file";

    // Clocks differ.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>The map with everything in it, or null where it is so already.</summary>
    /// <param name="stored">As it is.</param>
    /// <param name="expected">What this server wants.</param>
    /// <param name="now">Authorities that are over by then are left out.</param>
    public static V1ConfigMap? Combined(V1ConfigMap stored, V1ConfigMap expected, DateTimeOffset now)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, wanted) in expected.Data)
        {
            var known = stored.Data.GetValueOrDefault(key) ?? "";
            data[key] = key.EndsWith(Authorities, StringComparison.Ordinal) ? Certificates(known, wanted, now) : Names(known, wanted);
        }

        return JsonModel.SameMap(stored.Data, data) ? null : stored with { Data = data };
    }

    /// <summary>Certificates in PEM, each once, every one with its end of line.</summary>
    public static string Certificates(string known, string wanted, DateTimeOffset now)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var pem in Read(known).Concat(Read(wanted)))
        {
            using var certificate = pem;
            if (certificate.NotAfter.ToUniversalTime() > (now - Slack).UtcDateTime && seen.Add(certificate.Thumbprint))
            {
                text.Append(certificate.ExportCertificatePem()).Append('\n');
            }
        }

        return text.ToString();
    }

    // What somebody wrote that cannot be read is written anew.
    private static X509Certificate2Collection Read(string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return [];
        }

        return found;
    }

    private static string Names(string known, string wanted) =>
        Encoding.UTF8.GetString(TreeJson.Write(new TreeList(Names(known).Concat(Names(wanted)).Distinct(StringComparer.Ordinal).Select(n => (Tree)n))));

    private static List<string> Names(string json)
    {
        try
        {
            using var list = JsonDocument.Parse(json.Length == 0 ? "[]" : json);
            return list.RootElement.ValueKind == JsonValueKind.Array ? [.. list.RootElement.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!)] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
