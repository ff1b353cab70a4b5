using System.Buffers;

namespace Gantry.Server.Validation;

/// <summary>The forms of domain names, and of paths that begin with one, that several kinds share.</summary>
internal static class DomainRules
{
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~%!$&'()*+,;=:");

    /// <summary>A name of a machine: at least two labels, and a dot may end it.</summary>
    public static void FullyQualifiedDomain(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
            return;
        }

        var plain = name[^1] == '.' ? name[..^1] : name;
        if (Joined(errors, plain, plain, Rules.DnsSubdomain, at))
        {
            return;
        }

        var labels = plain.Split('.');
        if (labels.Length < 2)
        {
            errors.Invalid(at, plain, "should be a domain with at least two segments separated by dots");
            return;
        }

        foreach (var label in labels)
        {
            if (Joined(errors, label, label, Rules.DnsLabel, at))
            {
                return;
            }
        }
    }

    /// <summary>A name of a webhook: at least three labels.</summary>
    public static void FullyQualifiedName(FieldErrors errors, string name, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at);
        }
        else if (!Joined(errors, name, name, Rules.DnsSubdomain, at) && name.Split('.').Length < 3)
        {
            errors.Invalid(at, name, "should be a domain with at least three segments separated by dots");
        }
    }

    /// <summary><c>acme.io/foo</c></summary>
    public static void PrefixedPath(FieldErrors errors, string value, FieldPath at)
    {
        if (value.Length == 0)
        {
            errors.Required(at);
            return;
        }

        if (value.Split('/', 2) is not [{ Length: > 0 } host, { Length: > 0 } path])
        {
            errors.Invalid(at, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }

        errors.Invalid(at, host, Rules.DnsSubdomain(host));
        if (path.AsSpan().ContainsAnyExcept(PathCharacters))
        {
            errors.Invalid(at, path, @"Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')");
        }
    }

    // The findings of one rule as one error; whether there are any.
    private static bool Joined(FieldErrors errors, string checkedValue, string shown, MetadataRules.NameRule rule, FieldPath at)
    {
        var found = string.Join(",", rule(checkedValue));
        if (found.Length == 0)
        {
            return false;
        }

        errors.Invalid(at, shown, found);
        return true;
    }
}
