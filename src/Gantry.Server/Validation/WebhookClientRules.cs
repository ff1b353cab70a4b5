using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>How programs that the API calls are reached: by URL or through a Service.</summary>
internal static class WebhookClientRules
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Client(FieldErrors errors, AdmissionregistrationV1WebhookClientConfig client, FieldPath at)
    {
        switch (client)
        {
            case { Url: { } url, Service: null }:
                Url(errors, url, at.Child("url"));
                break;
            case { Url: null, Service: { } service }:
                Service(errors, service.Name, service.Namespace, service.Path, service.Port ?? 0, at.Child("service"));
                break;
            default:
                errors.Required(at, "exactly one of url or service is required");
                break;
        }
    }

    /// <summary>A URL that says where, and nothing else.</summary>
    public static void Url(FieldErrors errors, string url, FieldPath at)
    {
        if (WebhookUrl.Parse(url, out var fault) is not { } parsed)
        {
            errors.Required(at, "url must be a valid URL: " + fault + Form);
            return;
        }

        if (parsed.Scheme != "https")
        {
            errors.Invalid(at, parsed.Scheme, "'https' is the only allowed URL scheme" + Form);
        }

        if (parsed.Host.Length == 0)
        {
            errors.Invalid(at, parsed.Host, "host must be specified" + Form);
        }

        if (parsed.User is { } user)
        {
            errors.Invalid(at, user, "user information is not permitted in the URL");
        }

        if (parsed.Fragment.Length > 0)
        {
            errors.Invalid(at, parsed.Fragment, "fragments are not permitted in the URL");
        }

        if (parsed.Query.Length > 0)
        {
            errors.Invalid(at, parsed.Query, "query parameters are not permitted in the URL");
        }
    }

    /// <summary>A Service. Kubernetes tells a missing name as a missing namespace, and the other way round.</summary>
    public static void Service(FieldErrors errors, string name, string ns, string? path, int port, FieldPath at)
    {
        if (ns.Length == 0)
        {
            errors.Required(at.Child("name"), "service name is required");
        }

        if (name.Length == 0)
        {
            errors.Required(at.Child("namespace"), "service namespace is required");
        }

        if (port is < 1 or > 65535)
        {
            errors.Invalid(at.Child("port"), port, "port is not valid: " + Rules.Between(1, 65535));
        }

        if (path is not (null or "" or "/"))
        {
            Path(errors, path, at.Child("path"));
        }
    }

    private static void Path(FieldErrors errors, string path, FieldPath at)
    {
        if (path == "//")
        {
            errors.Invalid(at, path, "segment[0] may not be empty");
            return;
        }

        if (path[0] != '/')
        {
            errors.Invalid(at, path, "must start with a '/'");
        }

        // The first character counts as the slash that it should be.
        var checkedPath = path[1..];
        var steps = (checkedPath.EndsWith('/') ? checkedPath[..^1] : checkedPath).Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Length == 0)
            {
                errors.Invalid(at, path, $"segment[{i}] may not be empty");
                continue;
            }

            errors.Invalid(at, path, Rules.DnsSubdomain(steps[i]).Select(f => $"segment[{i}]: {f}"));
        }
    }
}
