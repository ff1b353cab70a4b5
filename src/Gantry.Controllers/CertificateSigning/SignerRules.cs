using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>What the cluster's own signers sign. Names and rules: Kubernetes documentation, "Certificates and Certificate Signing Requests".</summary>
public static class SignerRules
{
    private const string Client = "kubernetes.io/kube-apiserver-client";
    private const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string KubeletServing = "kubernetes.io/kubelet-serving";
    private const string Nodes = "system:nodes";
    private const string NodePrefix = "system:node:";
    private static readonly string[] Plain = ["digital signature", "key encipherment"];

    /// <summary>Whether it is one of the cluster's own signers.</summary>
    public static bool Knows(string signer) => signer is Client or KubeletClient or KubeletServing;

    /// <summary>Why the signer does not sign the request, or null.</summary>
    public static string? Fault(V1CertificateSigningRequestSpec spec)
    {
        var wanted = spec.SignerName == KubeletServing ? "server auth" : "client auth";
        if (!spec.Usages.Contains(wanted) || spec.Usages.Any(u => u != wanted && !Plain.Contains(u)))
        {
            return $"usages must be a subset of [digital signature, key encipherment, {wanted}] and include {wanted}";
        }

        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(Encoding.UTF8.GetString(spec.Request), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            return "unable to parse csr: " + broken.Message;
        }

        if (spec.SignerName == Client)
        {
            return null;
        }

        var (names, organizations) = Subject(request.SubjectName);
        var named = request.CertificateExtensions.Any(e => e.Oid?.Value == "2.5.29.17");
        return !organizations.SequenceEqual([Nodes]) ? "subject organization is not system:nodes"
            : names is not [var name] || !name.StartsWith(NodePrefix, StringComparison.Ordinal) ? "subject common name does not begin with system:node:"
            : spec.SignerName == KubeletClient && named ? "subjectAlternativeNames are not allowed"
            : spec.SignerName == KubeletServing && !named ? "at least one DNS or IP subjectAltName is required"
            : spec.SignerName == KubeletServing && spec.Username != name ? "subject common name does not match the name of the requestor"
            : null;
    }

    private static (List<string> Names, List<string> Organizations) Subject(X500DistinguishedName subject)
    {
        var (names, organizations) = (new List<string>(), new List<string>());
        foreach (var part in subject.EnumerateRelativeDistinguishedNames().Where(p => !p.HasMultipleElements))
        {
            switch (part.GetSingleElementType().Value)
            {
                case "2.5.4.3":
                    names.Add(part.GetSingleElementValue() ?? "");
                    break;
                case "2.5.4.10":
                    organizations.Add(part.GetSingleElementValue() ?? "");
                    break;
            }
        }

        return (names, organizations);
    }
}
