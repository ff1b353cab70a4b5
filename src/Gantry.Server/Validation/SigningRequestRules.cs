using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Certificate signing requests (<c>certificates.k8s.io</c>): what is asked for never changes, and each subresource writes its own part of the answer.</summary>
public static class SigningRequestRules
{
    private const string LegacySigner = "kubernetes.io/legacy-unknown";
    private const int ShortestLifetime = 600;

    // As Kubernetes lists them: sorted.
    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection",
        "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime",
        "server auth", "signing", "timestamping",
    ];

    /// <summary>A request, or what its subresource <c>approval</c> or <c>status</c> writes of it.</summary>
    public static void SigningRequest(FieldErrors errors, V1CertificateSigningRequest request, V1CertificateSigningRequest? old, string subresource)
    {
        var (spec, at) = (request.Spec, FieldPath.Root("spec"));
        if (SigningRequestForm.RequestFault(spec.Request) is { } fault)
        {
            errors.InvalidDump(at.Child("request"), GoDump.Bytes(spec.Request), fault);
        }

        UsagesOf(errors, spec.Usages, old, at.Child("usages"));
        if (spec.SignerName == LegacySigner && old?.Spec.SignerName != LegacySigner)
        {
            errors.Invalid(at.Child("signerName"), spec.SignerName, "the legacy signerName is not allowed via this API version");
        }
        else
        {
            SignerName(errors, spec.SignerName, at.Child("signerName"));
        }

        if (spec.ExpirationSeconds < ShortestLifetime)
        {
            errors.Invalid(at.Child("expirationSeconds"), spec.ExpirationSeconds, "may not specify a duration less than 600 seconds (10 minutes)");
        }

        var status = FieldPath.Root("status");
        SigningConditionRules.Conditions(errors, request.Status.Conditions, old?.Status.Conditions, status.Child("conditions"));
        var isSameCertificate = old is not null && request.Status.Certificate.AsSpan().SequenceEqual(old.Status.Certificate);
        if (!isSameCertificate && (old is null || SigningRequestForm.CertificateFault(old.Status.Certificate) is null)
            && SigningRequestForm.CertificateFault(request.Status.Certificate) is { } unreadable)
        {
            errors.Invalid(status.Child("certificate"), "<certificate data>", unreadable);
        }

        if (old is null)
        {
            return;
        }

        SigningConditionRules.Update(errors, request.Status.Conditions, old.Status.Conditions, subresource == "approval", status.Child("conditions"));
        if (!isSameCertificate && subresource != "status")
        {
            errors.Forbidden(status.Child("certificate"), "updates may not set certificate content");
        }
        else if (!isSameCertificate && old.Status.Certificate.Length > 0)
        {
            errors.Forbidden(status.Child("certificate"), "updates may not modify existing certificate content");
        }
    }

    private static void UsagesOf(FieldErrors errors, IReadOnlyList<string> usages, V1CertificateSigningRequest? old, FieldPath at)
    {
        if (usages.Count == 0)
        {
            errors.Required(at, "usages must be provided");
        }

        // What was let in before usages were checked may stay.
        var isOldUnknown = old is not null && old.Spec.Usages.Except(Usages, StringComparer.Ordinal).Any();
        var isOldRepeated = old is not null && old.Spec.Usages.Distinct(StringComparer.Ordinal).Count() < old.Spec.Usages.Count;
        for (var i = 0; i < usages.Count && !isOldUnknown; i++)
        {
            errors.OneOf(at.Index(i), usages[i], Usages);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < usages.Count; i++)
        {
            if (!seen.Add(usages[i]) && !isOldRepeated)
            {
                errors.Duplicate(at.Index(i), usages[i]);
            }
        }
    }

    private static void SignerName(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at, "signerName must be provided");
            return;
        }

        if (name.Split('/') is not [var domain, var path])
        {
            errors.Invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        if (domain.Length > 253)
        {
            errors.TooLong(at, 253);
        }

        var labels = domain.Split('.');
        Labels(errors, labels, Rules.DnsLabel, domain, at);
        if (labels.Length < 2)
        {
            errors.Invalid(at, domain, "should be a domain with at least two segments separated by dots");
        }

        Labels(errors, path.Split('.'), Rules.DnsSubdomain, path, at);
        if (name.Length > 571)
        {
            errors.TooLong(at, 571);
        }
    }

    // The first bad one only: what follows would be told in the same words.
    private static void Labels(FieldErrors errors, string[] labels, MetadataRules.NameRule rule, string whole, FieldPath at)
    {
        foreach (var label in labels)
        {
            var faults = rule(label).ToList();
            errors.Invalid(at, whole, faults.Select(f => $"validating label \"{label}\": {f}"));
            if (faults.Count > 0)
            {
                return;
            }
        }
    }
}
