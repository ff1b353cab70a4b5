using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Registrations of API servers (<c>apiregistration.k8s.io</c>).</summary>
public static class ApiServiceRules
{
    /// <summary>A registration, or its status.</summary>
    public static void ApiService(FieldErrors errors, V1APIService service, string subresource)
    {
        if (subresource == "status")
        {
            var conditions = FieldPath.Root("status").Child("conditions");
            for (var i = 0; i < service.Status.Conditions.Count; i++)
            {
                errors.OneOf(conditions.Index(i).Child("status"), service.Status.Conditions[i].Status, "True", "False", "Unknown");
            }

            return;
        }

        var (spec, at, name) = (service.Spec, FieldPath.Root("spec"), service.Metadata.Name);
        var required = spec.Version + "." + spec.Group;
        if (name != required && !Rules.PathSegment(name).Any())
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), name, $"must be `spec.version+\".\"+spec.group`: {Authorization.GoText.Quote(required)}");
        }

        if (spec.Group.Length > 0)
        {
            errors.Invalid(at.Child("group"), spec.Group, Rules.DnsSubdomain(spec.Group));
        }
        else if (spec.Version != "v1")
        {
            errors.Required(at.Child("group"), "only v1 may have an empty group and it better be legacy kube");
        }

        errors.Invalid(at.Child("version"), spec.Version, Rules.Dns1035Label(spec.Version));
        if (spec.GroupPriorityMinimum is <= 0 or > 20000)
        {
            errors.Invalid(at.Child("groupPriorityMinimum"), spec.GroupPriorityMinimum, "must be positive and less than 20000");
        }

        if (spec.VersionPriority is <= 0 or > 1000)
        {
            errors.Invalid(at.Child("versionPriority"), spec.VersionPriority, "must be positive and less than 1000");
        }

        Backend(errors, spec, at);
    }

    private static void Backend(FieldErrors errors, V1APIServiceSpec spec, FieldPath at)
    {
        if (spec.Service is not { } service)
        {
            if (spec.CaBundle.Length > 0)
            {
                errors.Invalid(at.Child("caBundle"), string.Create(CultureInfo.InvariantCulture, $"{spec.CaBundle.Length} bytes"), "local APIServices may not have a caBundle");
            }

            if (spec.InsecureSkipTLSVerify)
            {
                errors.Invalid(at.Child("insecureSkipTLSVerify"), true, "local APIServices may not have insecureSkipTLSVerify");
            }

            return;
        }

        if (service.Namespace.Length == 0)
        {
            errors.Required(at.Child("service").Child("namespace"));
        }

        if (service.Name.Length == 0)
        {
            errors.Required(at.Child("service").Child("name"));
        }

        if (service.Port is { } port && port is < 1 or > 65535)
        {
            errors.Invalid(at.Child("service").Child("port"), service.Port, "port is not valid: " + Rules.Between(1, 65535));
        }

        if (spec.InsecureSkipTLSVerify && spec.CaBundle.Length > 0)
        {
            errors.Invalid(at.Child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
        }
    }
}
