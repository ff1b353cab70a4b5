using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>
/// Certificate signing requests: the requester is who asks, approving and signing need rights on the signer, and nobody becomes a member of
/// <c>system:masters</c> by certificate.
/// </summary>
public sealed class CertificateAdmission : IMutatingAdmission, IValidatingAdmission
{
    private const string Api = "certificates.k8s.io";
    private const string ClientSigner = "kubernetes.io/kube-apiserver-client";

    private readonly IAuthorizer _authorizer;

    public CertificateAdmission(IAuthorizer authorizer)
    {
        _authorizer = authorizer;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates(Api, "certificatesigningrequests"))
        {
            var user = request.User;
            var spec = value.OwnMap("spec");
            var asked = new V1CertificateSigningRequestSpec
            {
                Username = user.Name, Uid = user.Uid, Groups = user.Groups, Extra = UserModels.Of(user).Extra,
            };
            var written = (TreeMap)TreeJson.Parse(ApiJson.Encode(asked));
            foreach (var key in new[] { "username", "uid", "groups", "extra" })
            {
                spec[key] = written[key];
            }
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (request.Type is not { Group: Api, Plural: "certificatesigningrequests" } || value is not V1CertificateSigningRequest wanted)
        {
            return null;
        }

        switch (request.Operation, request.Subresource)
        {
            case (AdmissionOperation.Create, ""):
                return wanted.Spec.SignerName == ClientSigner && AsksForMasters(wanted.Spec.Request)
                    ? request.Forbid(value, $"use of {ClientSigner} signer with system:masters group is not allowed")
                    : null;
            case (AdmissionOperation.Update, "approval"):
                return await MayAsync(request, "approve", wanted.Spec.SignerName, cancellation).ConfigureAwait(false)
                    ? null
                    : request.Forbid(value, $"user not permitted to approve requests with signerName {GoText.Quote(wanted.Spec.SignerName)}");
            case (AdmissionOperation.Update, "status"):
                var old = request.Old as V1CertificateSigningRequest;
                return old is null || wanted.Status.Certificate.AsSpan().SequenceEqual(old.Status.Certificate)
                    || await MayAsync(request, "sign", wanted.Spec.SignerName, cancellation).ConfigureAwait(false)
                        ? null
                        : request.Forbid(value, $"user not permitted to sign requests with signerName {GoText.Quote(wanted.Spec.SignerName)}");
            default:
                return null;
        }
    }

    // The right may be given for one signer or, as domain/*, for all signers of a domain.
    private async ValueTask<bool> MayAsync(AdmissionRequest request, string verb, string signer, CancellationToken cancellation)
    {
        var question = new AuthorizationAttributes
        {
            User = request.User, Verb = verb, IsResource = true, Group = Api, Version = "*", Resource = "signers", Name = signer,
        };
        if ((await _authorizer.AuthorizeAsync(question, cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow)
        {
            return true;
        }

        var domain = signer.Split('/')[0];
        return (await _authorizer.AuthorizeAsync(question with { Name = domain + "/*" }, cancellation).ConfigureAwait(false)).Opinion == Opinion.Allow;
    }

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
