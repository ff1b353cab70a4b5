using System.Globalization;

namespace Gantry.Server.Validation;

/// <summary>How programs that the API calls may be addressed.</summary>
internal static class WebhookClientRules
{
    private const string Form = "; desired format: https://host[/path]";

    public static void Url(FieldErrors errors, string url, FieldPath at)
    {
        if (!Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out var parsed))
        {
            errors.Required(at, $"url must be a valid URL: parse \"{url}\": invalid URL{Form}");
            return;
        }

        var scheme = parsed.IsAbsoluteUri ? parsed.Scheme : "";
        if (scheme != "https")
        {
            errors.Invalid(at, scheme, "'https' is the only allowed URL scheme" + Form);
        }

        if (!parsed.IsAbsoluteUri || parsed.Host.Length == 0)
        {
            errors.Invalid(at, "", "host must be specified" + Form);
            return;
        }

        if (parsed.UserInfo.Length > 0)
        {
            errors.Invalid(at, parsed.UserInfo, "user information is not permitted in the URL");
        }

        if (parsed.Fragment.Length > 1)
        {
            errors.Invalid(at, parsed.Fragment[1..], "fragments are not permitted in the URL");
        }

        if (parsed.Query.Length > 1)
        {
            errors.Invalid(at, parsed.Query[1..], "query parameters are not permitted in the URL");
        }
    }

    public static void Service(FieldErrors errors, string name, string ns, string? path, int port, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at.Child("name"), "service name is required");
        }

        if (ns.Length == 0)
        {
            errors.Required(at.Child("namespace"), "service namespace is required");
        }

        foreach (var wrong in Rules.PortNumber(port))
        {
            errors.Invalid(at.Child("port"), port, "port is not valid: " + wrong);
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

        if (!path.StartsWith('/'))
        {
            errors.Invalid(at, path, "must start with a '/'");
        }

        var steps = (path.EndsWith('/') ? path[1..^1] : path[1..]).Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Length == 0)
            {
                errors.Invalid(at, path, string.Create(CultureInfo.InvariantCulture, $"segment[{i}] may not be empty"));
                continue;
            }

            foreach (var wrong in Rules.DnsSubdomain(steps[i]))
            {
                errors.Invalid(at, path, string.Create(CultureInfo.InvariantCulture, $"segment[{i}]: {wrong}"));
            }
        }
    }
}
