using System.Security.Cryptography;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>Signs requests that somebody approved, and removes those nobody needs any more. Pure but for the signature.</summary>
public static class SigningPlanner
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(24);

    public static IReadOnlyList<Intent> Plan(V1CertificateSigningRequest request, CertificateSigner sign, DateTimeOffset now)
    {
        if (request.Metadata.DeletionTimestamp is not null)
        {
            return [];
        }

        if (Rest(request, now) <= TimeSpan.Zero)
        {
            return [new Delete<V1CertificateSigningRequest>(ObjectKey.Of(request), request.Metadata.Uid)];
        }

        var status = request.Status;
        if (!SignerRules.Knows(request.Spec.SignerName) || status.Certificate.Length > 0 || !Is(status, "Approved") || Is(status, "Denied") || Is(status, "Failed"))
        {
            return [];
        }

        if (SignerRules.Fault(request.Spec) is { } fault)
        {
            return [Fail(request, fault, now)];
        }

        try
        {
            var lifetime = request.Spec.ExpirationSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Max(600, seconds)) : Year;
            var server = request.Spec.Usages.Contains("server auth");
            var certificate = sign(Encoding.UTF8.GetString(request.Spec.Request), server, !server, lifetime < Year ? lifetime : Year);
            return [new Update<V1CertificateSigningRequest>(request with { Status = status with { Certificate = Encoding.UTF8.GetBytes(certificate) } }, "status")];
        }
        catch (CryptographicException broken)
        {
            return [Fail(request, broken.Message, now)];
        }
    }

    /// <summary>The time until the request is removed: an hour after it was settled, a day after it was made when nobody cared.</summary>
    public static TimeSpan Rest(V1CertificateSigningRequest request, DateTimeOffset now)
    {
        var settled = request.Status.Conditions.Where(c => c.Type is "Denied" or "Failed" || (c.Type == "Approved" && request.Status.Certificate.Length > 0))
            .Select(c => c.LastUpdateTime).Max();
        return settled is { } at ? at + Settled - now : (request.Metadata.CreationTimestamp ?? now) + Forgotten - now;
    }

    private static bool Is(V1CertificateSigningRequestStatus status, string type) => status.Conditions.Any(c => c.Type == type && c.Status is "True" or "");

    private static Update<V1CertificateSigningRequest> Fail(V1CertificateSigningRequest request, string why, DateTimeOffset now)
    {
        var failed = new V1CertificateSigningRequestCondition
        {
            Type = "Failed", Status = "True", Reason = "SignerValidationFailure", Message = why, LastUpdateTime = now, LastTransitionTime = now,
        };
        return new(request with { Status = request.Status with { Conditions = [.. request.Status.Conditions, failed] } }, "status");
    }
}
