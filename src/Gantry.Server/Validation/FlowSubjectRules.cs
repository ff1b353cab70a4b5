using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Whose requests a flow schema is about: each kind of subject has one member of its own.</summary>
internal static class FlowSubjectRules
{
    public static void Subject(FieldErrors errors, FlowcontrolV1Subject subject, FieldPath at)
    {
        switch (subject.Kind)
        {
            case "ServiceAccount":
                Account(errors, subject.ServiceAccount, at.Child("serviceAccount"));
                break;
            case "User":
                Named(errors, subject.User?.Name, "user is required when subject kind is 'User'", at.Child("user"));
                break;
            case "Group":
                Named(errors, subject.Group?.Name, "group is required when subject kind is 'Group'", at.Child("group"));
                break;
            default:
                errors.OneOf(at.Child("kind"), subject.Kind, "Group", "ServiceAccount", "User");
                return;
        }

        Absent(errors, subject.Kind != "ServiceAccount" && subject.ServiceAccount is not null, "serviceAccount", "ServiceAccount", at);
        Absent(errors, subject.Kind != "User" && subject.User is not null, "user", "User", at);
        Absent(errors, subject.Kind != "Group" && subject.Group is not null, "group", "Group", at);
    }

    private static void Absent(FieldErrors errors, bool isThere, string member, string kind, FieldPath at)
    {
        if (isThere)
        {
            errors.Forbidden(at.Child(member), $"{member} is forbidden when subject kind is not '{kind}'");
        }
    }

    private static void Named(FieldErrors errors, string? name, string missing, FieldPath at)
    {
        if (name is null)
        {
            errors.Required(at, missing);
        }
        else if (name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }
    }

    private static void Account(FieldErrors errors, V1ServiceAccountSubject? account, FieldPath at)
    {
        if (account is null)
        {
            errors.Required(at, "serviceAccount is required when subject kind is 'ServiceAccount'");
            return;
        }

        if (account.Name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }
        else if (account.Name != "*")
        {
            errors.Invalid(at.Child("name"), account.Name, Rules.DnsSubdomain(account.Name));
        }

        if (account.Namespace.Length == 0)
        {
            errors.Required(at.Child("namespace"), "must specify namespace for service account");
        }
        else
        {
            errors.Invalid(at.Child("namespace"), account.Namespace, Rules.DnsLabel(account.Namespace));
        }
    }
}
