using System.Buffers;
using System.Text.RegularExpressions;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Options of Windows containers: credentials, and the user in Windows' own form of names.</summary>
internal static partial class WindowsRules
{
    private static readonly SearchValues<char> Reserved = SearchValues.Create("\"/\\:;|=,+*?<>@[]");

    private const int LongestSpec = 64 * 1024;
    private const int DomainBelow = 256;
    private const int LongestUser = 104;

    [GeneratedRegex(@"^[^\\/:\*\?""<>|\.][^\\/:\*\?""<>|]{0,14}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NetBios();

    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Dns();

    public static void Options(FieldErrors errors, V1WindowsSecurityContextOptions? options, FieldPath at)
    {
        if (options is null)
        {
            return;
        }

        if (options.GmsaCredentialSpecName is { } name)
        {
            errors.Invalid(at.Child("gmsaCredentialSpecName"), name, Rules.DnsSubdomain(name));
        }

        if (options.GmsaCredentialSpec is { } spec)
        {
            if (spec.Length == 0)
            {
                errors.Invalid(at.Child("gmsaCredentialSpec"), spec, "gmsaCredentialSpec cannot be an empty string");
            }
            else if (System.Text.Encoding.UTF8.GetByteCount(spec) > LongestSpec)
            {
                errors.Invalid(at.Child("gmsaCredentialSpec"), spec, "gmsaCredentialSpec size must be under 64 KiB");
            }
        }

        if (options.RunAsUserName is { } user)
        {
            errors.Invalid(at.Child("runAsUserName"), user, User(user));
        }
    }

    private static IEnumerable<string> User(string name)
    {
        if (name.Length == 0)
        {
            return ["runAsUserName cannot be an empty string"];
        }

        if (name.Any(char.IsControl))
        {
            return ["runAsUserName cannot contain control characters"];
        }

        var parts = name.Split('\\');
        return parts.Length switch
        {
            > 2 => ["runAsUserName cannot contain more than one backslash"],
            2 => [.. Domain(parts[0]), .. OwnName(parts[1])],
            _ => OwnName(parts[0]),
        };
    }

    private static IEnumerable<string> Domain(string domain)
    {
        if (domain.Length >= DomainBelow)
        {
            yield return "runAsUserName's Domain length must be under 256 characters";
        }

        if (!NetBios().IsMatch(domain) && !Dns().IsMatch(domain))
        {
            yield return "runAsUserName's Domain doesn't match the NetBios nor the DNS format";
        }
    }

    private static IEnumerable<string> OwnName(string user)
    {
        if (user.Length == 0)
        {
            yield return "runAsUserName's User cannot be empty";
        }
        else if (user.Length > LongestUser)
        {
            yield return "runAsUserName's User length must not be longer than 104 characters";
        }

        if (user.Length > 0 && user.All(c => c is '.' or ' '))
        {
            yield return "runAsUserName's User cannot contain only periods or spaces";
        }

        if (user.AsSpan().ContainsAny(Reserved))
        {
            yield return "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]";
        }
    }
}
