using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about secrets whose certificate and key are not a pair.</summary>
internal static class KeyPairWarnings
{
    public static void Secret(V1Secret secret, Action<string> warn)
    {
        if (secret.Type == "kubernetes.io/tls" && Fault(Text(secret, "tls.crt"), Text(secret, "tls.key")) is { } fault)
        {
            warn(fault);
        }
    }

    private static string Text(V1Secret secret, string key) => secret.Data.TryGetValue(key, out var value) ? Encoding.Latin1.GetString(value) : "";

    private static string? Fault(string certificate, string key)
    {
        var certificates = Blocks(certificate);
        if (!certificates.Contains("CERTIFICATE"))
        {
            return certificates switch
            {
                [] => "tls: failed to find any PEM data in certificate input",
                [var only] when only.EndsWith("PRIVATE KEY", StringComparison.Ordinal) =>
                    "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
                _ => $"tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [{string.Join(' ', certificates)}]",
            };
        }

        var keys = Blocks(key);
        if (!keys.Exists(IsKey))
        {
            return keys switch
            {
                [] => "tls: failed to find any PEM data in key input",
                ["CERTIFICATE"] => "tls: found a certificate rather than a key in the PEM for the private key",
                _ => $"tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [{string.Join(' ', keys)}]",
            };
        }

        return Mismatch(certificate, key);
    }

    private static bool IsKey(string label) => label == "PRIVATE KEY" || label.EndsWith(" PRIVATE KEY", StringComparison.Ordinal);

    private static List<string> Blocks(string text)
    {
        var labels = new List<string>();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            labels.Add(rest[fields.Label].ToString());
        }

        return labels;
    }

    private static string? Mismatch(string certificate, string key)
    {
        X509Certificate2 read;
        try
        {
            read = X509Certificate2.CreateFromPem(certificate);
        }
        catch (CryptographicException)
        {
            return "x509: malformed certificate";
        }

        using (read)
        {
            try
            {
                using var pair = X509Certificate2.CreateFromPem(certificate, key);
                return null;
            }
            catch (ArgumentException)
            {
                return "tls: private key does not match public key";
            }
            catch (CryptographicException)
            {
                return "tls: failed to parse private key";
            }
        }
    }
}
