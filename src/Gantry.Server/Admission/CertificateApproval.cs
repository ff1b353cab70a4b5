using Gantry.Api.Models;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Approving a certificate signing request needs the right to approve for its signer.</summary>
public sealed class CertificateApproval : IValidatingAdmission
{
    private readonly IAuthorizer _authorizer;

    public CertificateApproval(IAuthorizer authorizer)
    {
        _authorizer = authorizer;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (request is not { Type: { Group: SignerRights.Group, Plural: "certificatesigningrequests" }, Subresource: "approval", Old: V1CertificateSigningRequest old })
        {
            return null;
        }

        return await SignerRights.AllowsAsync(_authorizer, request, "approve", old.Spec.SignerName, cancellation).ConfigureAwait(false)
            ? null
            : request.Forbid(value, $"user not permitted to approve requests with signerName {GoText.Quote(old.Spec.SignerName)}");
    }
}
