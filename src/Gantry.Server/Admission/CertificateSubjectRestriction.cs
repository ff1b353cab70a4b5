using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Server.Authentication;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Nobody becomes a member of <c>system:masters</c> by certificate.</summary>
public sealed class CertificateSubjectRestriction : IValidatingAdmission
{
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) => ValueTask.FromResult(
        request.Creates(SignerRights.Group, "certificatesigningrequests")
            && value is V1CertificateSigningRequest { Spec.SignerName: ClientSigner } wanted && AsksForMasters(wanted.Spec.Request)
            ? request.Forbid(value, $"use of {ClientSigner} signer with system:masters group is not allowed")
            : null);

    private static bool AsksForMasters(byte[] pem)
    {
        try
        {
            var request = CertificateRequest.LoadSigningRequestPem(
                Encoding.ASCII.GetString(pem), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation);
            return ClientCertificateAuthenticator.ReadSubject(request.SubjectName).Groups.Contains("system:masters", StringComparer.Ordinal);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Not a request at all: validation tells.
            return false;
        }
    }
}
