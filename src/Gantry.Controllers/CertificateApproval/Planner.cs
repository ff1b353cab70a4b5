using System.Security.Cryptography;
using Gantry.Api.Models;
using Gantry.Controllers.CertificateSigning;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CertificateApproval;

/// <summary>Approves the client certificates of node agents, for those who may ask for them. Pure.</summary>
public static class ApprovalPlanner
{
    /// <summary>The right to ask for a certificate of one's own node, and that to ask for any node's.</summary>
    private const string Self = "selfnodeclient";
    private const string Any = "nodeclient";

    /// <summary>The rights of which one suffices, in the order in which to ask; none where the request is no business of this loop.</summary>
    public static IReadOnlyList<string> Rights(V1CertificateSigningRequest request)
    {
        if (request.Status.Certificate.Length > 0 || request.Spec.SignerName != SignerRules.KubeletClient || request.Metadata.DeletionTimestamp is not null
            || request.Status.Conditions.Any(c => c.Type is "Approved" or "Denied"))
        {
            return [];
        }

        try
        {
            var subject = RequestedSubject.Parse(request.Spec.Request);
            return SignerRules.Fault(request.Spec, subject) is not null ? []
                : request.Spec.Username == subject.CommonName ? [Self, Any] : [Any];
        }
        catch (CryptographicException)
        {
            // Whoever approves it by hand will hear of it.
            return [];
        }
    }

    /// <summary>The question whether the requester has that right.</summary>
    public static V1SubjectAccessReview Question(V1CertificateSigningRequest request, string right) => new()
    {
        Spec = new V1SubjectAccessReviewSpec
        {
            User = request.Spec.Username,
            Uid = request.Spec.Uid,
            Groups = request.Spec.Groups,
            Extra = request.Spec.Extra,
            ResourceAttributes = new V1ResourceAttributes
            {
                Group = "certificates.k8s.io", Version = "*", Resource = "certificatesigningrequests", Subresource = right, Verb = "create",
            },
        },
    };

    /// <summary>The approval by that right.</summary>
    public static IReadOnlyList<Intent> Plan(V1CertificateSigningRequest request, string right, DateTimeOffset now)
    {
        var approved = new V1CertificateSigningRequestCondition
        {
            Type = "Approved",
            Status = "True",
            Reason = "AutoApproved",
            Message = right == Self
                ? "Auto approving self kubelet client certificate after SubjectAccessReview."
                : "Auto approving kubelet client certificate after SubjectAccessReview.",
            LastUpdateTime = now,
            LastTransitionTime = now,
        };
        return [new Update<V1CertificateSigningRequest>(request with { Status = request.Status with { Conditions = [.. request.Status.Conditions, approved] } }, "approval")];
    }
}
