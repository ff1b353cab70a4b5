using Gantry.Api.Models;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Issuing a certificate, or failing to, needs the right to sign for the request's signer.</summary>
public sealed class CertificateSigning : IValidatingAdmission
{
    private readonly IAuthorizer _authorizer;

    public CertificateSigning(IAuthorizer authorizer)
    {
        _authorizer = authorizer;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (request is not { Type: { Group: SignerRights.Group, Plural: "certificatesigningrequests" }, Subresource: "status", Old: V1CertificateSigningRequest old }
            || value is not V1CertificateSigningRequest now)
        {
            return null;
        }

        // Other parts of the status belong to whoever may write it.
        var signs = !now.Status.Certificate.AsSpan().SequenceEqual(old.Status.Certificate) || !now.Status.Conditions.SequenceEqual(old.Status.Conditions);
        return !signs || await SignerRights.AllowsAsync(_authorizer, request, "sign", old.Spec.SignerName, cancellation).ConfigureAwait(false)
            ? null
            : request.Forbid(value, $"user not permitted to sign requests with signerName {GoText.Quote(old.Spec.SignerName)}");
    }
}
