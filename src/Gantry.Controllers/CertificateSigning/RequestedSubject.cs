using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>Whom a PKCS#10 request wants a certificate for.</summary>
public sealed record RequestedSubject
{
    private const string AlternativeNames = "2.5.29.17";

    public string CommonName { get; init; } = "";

    public IReadOnlyList<string> Organizations { get; init; } = [];

    /// <summary>Whether it names hosts.</summary>
    public bool HasDnsNames { get; init; }

    public bool HasAddresses { get; init; }

    public bool HasMails { get; init; }

    public bool HasUris { get; init; }

    /// <summary>Reads a request.</summary>
    /// <remarks>The signature was checked when the request was made, and by algorithms that are not known here.</remarks>
    /// <exception cref="CryptographicException">The text is no request.</exception>
    public static RequestedSubject Parse(byte[] pem)
    {
        try
        {
            var request = CertificateRequest.LoadSigningRequestPem(
                Encoding.UTF8.GetString(pem), HashAlgorithmName.SHA256,
                CertificateRequestLoadOptions.SkipSignatureValidation | CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            var subject = Subject(request.SubjectName);
            var names = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == AlternativeNames) is { } extension ? Tags(extension.RawData) : [];
            return subject with { HasMails = names.Contains(1), HasDnsNames = names.Contains(2), HasUris = names.Contains(6), HasAddresses = names.Contains(7) };
        }
        catch (Exception broken) when (broken is ArgumentException or AsnContentException)
        {
            throw new CryptographicException(broken.Message, broken);
        }
    }

    // RFC 5280, GeneralName: rfc822Name [1], dNSName [2], uniformResourceIdentifier [6], iPAddress [7].
    private static HashSet<int> Tags(byte[] names)
    {
        var tags = new HashSet<int>();
        var list = new AsnReader(names, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            tags.Add(list.PeekTag().TagValue);
            _ = list.ReadEncodedValue();
        }

        return tags;
    }

    // Read from the DER, because several values may share one set, as Go writes them.
    private static RequestedSubject Subject(X500DistinguishedName subject)
    {
        var (name, organizations) = ("", new List<string>());
        var sets = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sets.HasData)
        {
            var set = sets.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var pair = set.ReadSequence();
                var type = pair.ReadObjectIdentifier();
                if (type is not ("2.5.4.3" or "2.5.4.10") || pair.PeekTag() is not { TagClass: TagClass.Universal } tag)
                {
                    continue;
                }

                var text = pair.ReadCharacterString((UniversalTagNumber)tag.TagValue);
                if (type == "2.5.4.3")
                {
                    name = text;
                }
                else
                {
                    organizations.Add(text);
                }
            }
        }

        return new RequestedSubject { CommonName = name, Organizations = organizations };
    }
}
