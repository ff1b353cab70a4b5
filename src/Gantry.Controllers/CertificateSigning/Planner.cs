using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>Signs requests that somebody approved, and removes those nobody needs any more. Pure but for the signature.</summary>
public static class SigningPlanner
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);
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

        try
        {
            if (SignerRules.Fault(request.Spec, RequestedSubject.Parse(request.Spec.Request)) is { } fault)
            {
                return [Fail(request, fault, now)];
            }

            var certificate = sign(Encoding.UTF8.GetString(request.Spec.Request), request.Spec.Usages, Lifetime(request.Spec.ExpirationSeconds));
            return [new Update<V1CertificateSigningRequest>(request with { Status = status with { Certificate = Encoding.UTF8.GetBytes(certificate) } }, "status")];
        }
        catch (CryptographicException broken)
        {
            return [Fail(request, broken.Message, now)];
        }
    }

    /// <summary>
    /// The time until the request is removed: an hour after it was settled, when its certificate ends, a day after it was made when nobody cared.
    /// </summary>
    public static TimeSpan Rest(V1CertificateSigningRequest request, DateTimeOffset now)
    {
        var settled = request.Status.Conditions.Where(c => c.Type is "Denied" or "Failed" or "Approved").Select(c => c.LastUpdateTime).Max();
        var rest = settled is { } at ? at + Settled - now : (request.Metadata.CreationTimestamp ?? now) + Forgotten - now;
        return End(request.Status.Certificate) is { } end && end - now < rest ? end - now : rest;
    }

    // A certificate must outlive the clocks that differ.
    private static TimeSpan Lifetime(int? seconds) => seconds is { } asked && TimeSpan.FromSeconds(asked) is var lifetime && lifetime < Year
        ? lifetime < Shortest ? Shortest : lifetime
        : Year;

    private static DateTimeOffset? End(byte[] pem)
    {
        if (pem.Length == 0)
        {
            return null;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(pem));
            return certificate.NotAfter.ToUniversalTime();
        }
        catch (CryptographicException)
        {
            // Other signers may write what they like.
            return null;
        }
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
