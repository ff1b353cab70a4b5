using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gantry.Conformance.Tests;

/// <summary>Certificates and requests for them, made on the spot.</summary>
internal static class Requests
{
    /// <summary>The spec of a certificate signing request for a client's certificate.</summary>
    public static string ClientSpec(string signer = "kubernetes.io/kube-apiserver-client", string name = "e2e-test") =>
        $$"""{"request":"{{Encoded(Request(name).CreateSigningRequestPem())}}","signerName":"{{signer}}","expirationSeconds":3600,"usages":["digital signature","key encipherment","client auth"]}""";

    /// <summary>A certificate that nobody trusts, in base64 over PEM.</summary>
    public static string AnyCertificate()
    {
        using var certificate = Request("any").CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Encoded(certificate.ExportCertificatePem());
    }

    /// <summary>A server's certificate for the loopback address, and the same in base64 over PEM for those who are to trust it.</summary>
    public static (X509Certificate2 Certificate, string Trust) Server()
    {
        var request = Request("localhost");
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        return (X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null), Encoded(made.ExportCertificatePem()));
    }

    private static CertificateRequest Request(string name) => new($"CN={name}", RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static string Encoded(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
