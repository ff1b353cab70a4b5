using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;

namespace Gantry.Server.Validation.Definitions;

/// <summary>How a definition may have objects converted between its versions.</summary>
internal static class ConversionRules
{
    public static bool IsEstablished(V1CustomResourceDefinition definition) => definition.Status.Conditions.Any(c => c is { Type: "Established", Status: "True" });

    public static void Check(FieldErrors errors, V1CustomResourceDefinitionSpec spec, V1CustomResourceDefinition? old, FieldPath spec0)
    {
        if (spec.Conversion is not { } conversion)
        {
            return;
        }

        var at = spec0.Child("conversion");
        if (conversion.Strategy != "None" && spec.PreserveUnknownFields)
        {
            errors.Invalid(at.Child("strategy"), conversion.Strategy, "must be None if spec.preserveUnknownFields is true");
        }

        errors.RequiredOneOf(at.Child("strategy"), conversion.Strategy, "None", "Webhook");
        var client = conversion.Webhook?.ClientConfig;
        if (conversion.Strategy == "Webhook")
        {
            Client(errors, client, old, at.Child("webhookClientConfig"));
            Versions(errors, conversion.Webhook?.ConversionReviewVersions ?? [], old, at.Child("conversionReviewVersions"));
            return;
        }

        if (client is not null)
        {
            errors.Forbidden(at.Child("webhookClientConfig"), "should not be set when strategy is not set to Webhook");
        }

        if (conversion.Webhook?.ConversionReviewVersions.Count > 0)
        {
            errors.Forbidden(at.Child("conversionReviewVersions"), "should not be set when strategy is not set to Webhook");
        }
    }

    private static void Client(FieldErrors errors, ApiextensionsV1WebhookClientConfig? client, V1CustomResourceDefinition? old, FieldPath at)
    {
        if (client is null)
        {
            errors.Required(at, "required when strategy is set to Webhook");
            return;
        }

        if (client.Url is null == client.Service is null)
        {
            errors.Required(at, "exactly one of url or service is required");
        }
        else if (client.Url is { } url)
        {
            WebhookClientRules.Url(errors, url, at.Child("url"));
        }
        else if (client.Service is { } service)
        {
            WebhookClientRules.Service(errors, service.Name, service.Namespace, service.Path, service.Port ?? 443, at.Child("service"));
        }

        // A bundle that cannot be read is let pass until the definition is established, as it is often filled in later.
        var strict = old is not null && IsEstablished(old) && (old.Spec.Conversion?.Webhook?.ClientConfig?.CaBundle is not { Length: > 0 } before || Problem(before) is null);
        if (client.CaBundle.Length > 0 && strict && Problem(client.CaBundle) is { } problem)
        {
            errors.InvalidDump(at.Child("caBundle"), "[]byte{" + string.Join(", ", client.CaBundle.Select(b => $"0x{b:x}")) + "}", problem);
        }
    }

    private static void Versions(FieldErrors errors, IReadOnlyList<string> versions, V1CustomResourceDefinition? old, FieldPath at)
    {
        if (versions.Count == 0)
        {
            errors.Required(at);
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
            {
                errors.Invalid(at.Index(i), versions[i], "duplicate version");
                continue;
            }

            errors.Invalid(at.Index(i), versions[i], Rules.Dns1035Label(versions[i]));
        }

        if (!IsKnown(versions) && (old?.Spec.Conversion?.Webhook?.ConversionReviewVersions is not { Count: > 0 } before || IsKnown(before)))
        {
            errors.InvalidDump(at, GoDump.Texts("string", versions), "must include at least one of v1, v1beta1");
        }
    }

    private static bool IsKnown(IReadOnlyList<string> versions) => versions.Any(v => v is "v1" or "v1beta1");

    // What is wrong with a bundle of certificates, or null.
    private static string? Problem(byte[] bundle)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(Encoding.UTF8.GetString(bundle));
            return found.Count > 0 ? null : "data does not contain any valid RSA or ECDSA certificates";
        }
        catch (CryptographicException)
        {
            return "data does not contain any valid RSA or ECDSA certificates";
        }
    }
}
