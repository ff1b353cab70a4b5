using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>What certificates are for, in the words of <c>certificates.k8s.io</c>, as the extensions of RFC 5280.</summary>
internal static class CertificateUsages
{
    public const string ServerAuth = "server auth";
    public const string ClientAuth = "client auth";
    public const string DigitalSignature = "digital signature";

    /// <summary>The bits of the key usage extension.</summary>
    public static X509KeyUsageFlags KeyUsage(IEnumerable<string> usages) => usages.Aggregate(X509KeyUsageFlags.None, (flags, usage) => flags | Flag(usage));

    /// <summary>The purposes of the extended key usage extension.</summary>
    /// <exception cref="CryptographicException">A word is not known.</exception>
    public static OidCollection Purposes(IEnumerable<string> usages)
    {
        var purposes = new OidCollection();
        foreach (var purpose in usages.Where(u => Flag(u) == X509KeyUsageFlags.None).Select(Purpose).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            purposes.Add(new Oid(purpose));
        }

        return purposes;
    }

    private static X509KeyUsageFlags Flag(string usage) => usage switch
    {
        "signing" or DigitalSignature => X509KeyUsageFlags.DigitalSignature,
        "content commitment" => X509KeyUsageFlags.NonRepudiation,
        "key encipherment" => X509KeyUsageFlags.KeyEncipherment,
        "key agreement" => X509KeyUsageFlags.KeyAgreement,
        "data encipherment" => X509KeyUsageFlags.DataEncipherment,
        "cert sign" => X509KeyUsageFlags.KeyCertSign,
        "crl sign" => X509KeyUsageFlags.CrlSign,
        "encipher only" => X509KeyUsageFlags.EncipherOnly,
        "decipher only" => X509KeyUsageFlags.DecipherOnly,
        _ => X509KeyUsageFlags.None,
    };

    private static string Purpose(string usage) => usage switch
    {
        "any" => "2.5.29.37.0",
        ServerAuth => "1.3.6.1.5.5.7.3.1",
        ClientAuth => "1.3.6.1.5.5.7.3.2",
        "code signing" => "1.3.6.1.5.5.7.3.3",
        "email protection" or "s/mime" => "1.3.6.1.5.5.7.3.4",
        "ipsec end system" => "1.3.6.1.5.5.7.3.5",
        "ipsec tunnel" => "1.3.6.1.5.5.7.3.6",
        "ipsec user" => "1.3.6.1.5.5.7.3.7",
        "timestamping" => "1.3.6.1.5.5.7.3.8",
        "ocsp signing" => "1.3.6.1.5.5.7.3.9",
        "microsoft sgc" => "1.3.6.1.4.1.311.10.3.3",
        "netscape sgc" => "2.16.840.1.113730.4.1",
        _ => throw new CryptographicException($"unrecognized usage values: \"{usage}\""),
    };
}
