using Gantry.Api.Models;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>What the cluster's own signers sign. Names and rules: Kubernetes documentation, "Certificates and Certificate Signing Requests".</summary>
public static class SignerRules
{
    public const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string Client = "kubernetes.io/kube-apiserver-client";
    private const string KubeletServing = "kubernetes.io/kubelet-serving";
    private const string Legacy = "kubernetes.io/legacy-unknown";
    private const string ClientAuth = "client auth";
    private const string ServerAuth = "server auth";
    private const string Signature = "digital signature";
    private const string Encipherment = "key encipherment";

    /// <summary>Whether it is one of the cluster's own signers.</summary>
    public static bool Knows(string signer) => signer is Client or KubeletClient or KubeletServing or Legacy;

    /// <summary>Why the signer does not sign the request, or null.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="subject">For whom.</param>
    public static string? Fault(V1CertificateSigningRequestSpec spec, RequestedSubject subject) => spec.SignerName switch
    {
        Client => ClientFault(spec.Usages),
        KubeletClient => KubeletClientFault(spec.Usages, subject),
        KubeletServing => KubeletServingFault(spec.Usages, subject),
        _ => null,
    };

    private static string? ClientFault(IReadOnlyList<string> usages)
    {
        foreach (var usage in usages)
        {
            if (usage is not (ClientAuth or Signature or Encipherment))
            {
                return "invalid usage for client certificate: " + usage;
            }
        }

        return usages.Contains(ClientAuth) ? null : "missing required usage for client certificate: " + ClientAuth;
    }

    private static string? KubeletClientFault(IReadOnlyList<string> usages, RequestedSubject subject) =>
        !IsOfNodes(subject) ? "subject organization is not system:nodes"
        : subject.HasDnsNames ? "DNS subjectAltNames are not allowed"
        : subject.HasMails ? "Email subjectAltNames are not allowed"
        : subject.HasAddresses ? "IP subjectAltNames are not allowed"
        : subject.HasUris ? "URI subjectAltNames are not allowed"
        : !IsNode(subject) ? "subject common name does not begin with system:node:"
        : !Are(usages, ClientAuth) ? $"usages did not match [{ClientAuth} {Signature} {Encipherment}]"
        : null;

    private static string? KubeletServingFault(IReadOnlyList<string> usages, RequestedSubject subject) =>
        !IsOfNodes(subject) ? "subject organization is not system:nodes"
        : !subject.HasDnsNames && !subject.HasAddresses ? "DNS or IP subjectAltName is required"
        : subject.HasMails ? "Email subjectAltNames are not allowed"
        : subject.HasUris ? "URI subjectAltNames are not allowed"
        : !Are(usages, ServerAuth) ? $"usages did not match [{Signature} {Encipherment} {ServerAuth}]"
        : !IsNode(subject) ? "subject common name does not begin with system:node:"
        : null;

    private static bool IsOfNodes(RequestedSubject subject) => subject.Organizations is ["system:nodes"];

    private static bool IsNode(RequestedSubject subject) => subject.CommonName.StartsWith("system:node:", StringComparison.Ordinal);

    // Keys that cannot encipher are not asked to.
    private static bool Are(IReadOnlyList<string> usages, string purpose)
    {
        var set = usages.ToHashSet(StringComparer.Ordinal);
        return set.SetEquals([purpose, Signature, Encipherment]) || set.SetEquals([purpose, Signature]);
    }
}
