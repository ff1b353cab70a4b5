using System.Buffers.Text;
using System.Globalization;

namespace Gantry.Api.Cel.Libraries;

/// <summary>Kubernetes' named formats: <c>format.dns1123Label().validate(x)</c>.</summary>
internal static class CelFormatLibrary
{
    // How long the patterns of the reference implementation are; costs count them.
    private const int UrlPattern = 1120;
    private const int UuidPattern = 70;
    private const int Base64Pattern = 84;
    private const int DateTimePattern = 71;

    private static readonly Dictionary<string, CelFormat> Formats = new(StringComparer.Ordinal)
    {
        ["dns1123Label"] = new("DNS1123Label", 30, NameFormats.DnsLabel),
        ["dns1123Subdomain"] = new("DNS1123Subdomain", 60, NameFormats.DnsSubdomain),
        ["dns1035Label"] = new("DNS1035Label", 30, NameFormats.Dns1035Label),
        ["qualifiedName"] = new("QualifiedName", 60, NameFormats.QualifiedName),
        ["dns1123LabelPrefix"] = new("DNS1123LabelPrefix", 30, static t => NameFormats.DnsLabel(Whole(t))),
        ["dns1123SubdomainPrefix"] = new("DNS1123SubdomainPrefix", 60, static t => NameFormats.DnsSubdomain(Whole(t))),
        ["dns1035LabelPrefix"] = new("DNS1035LabelPrefix", 30, static t => NameFormats.Dns1035Label(Whole(t))),
        ["labelValue"] = new("LabelValue", 40, NameFormats.LabelValue),
        ["uri"] = new("URI", UrlPattern, static t => CelUrl.ProblemOfRequest(t) is { } problem ? [problem] : []),
        ["uuid"] = new("uuid", UuidPattern, static t => IsUuid(t) ? [] : ["does not match the UUID format"]),
        ["byte"] = new("byte", Base64Pattern, static t => t.Length > 0 && Base64.IsValid(t) && !t.Any(char.IsWhiteSpace) ? [] : ["invalid base64"]),
        ["date"] = new("date", DateTimePattern, static t => DateTime.TryParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? [] : ["invalid date"]),
        ["datetime"] = new("datetime", DateTimePattern, static t => CelTime.Parse(t) is null ? ["invalid datetime"] : []),
    };

    public static void Declare(CelFunctionTable table)
    {
        table.Type(CelFormat.FormatType);
        foreach (var (name, format) in Formats)
        {
            table.Global("format." + name, "format." + name, [], CelFormat.FormatType, _ => CelValue.Of(format));
        }
        table.Global("format.named", "format-named", [CelType.String], CelType.Optional(CelFormat.FormatType),
            static a => Formats.TryGetValue(a[0].Text, out var format) ? CelValue.Optional(CelValue.Of(format)) : CelValue.None);
        table.Member("validate", "format-validate", [CelFormat.FormatType, CelType.String], CelType.Optional(CelType.List(CelType.String)), static a =>
        {
            var problems = ((CelFormat)a[0].Object!).Check(a[1].Text);
            return problems.Count == 0 ? CelValue.None : CelValue.Optional(CelValue.Of(problems.Select(CelValue.Of).ToArray()));
        });
    }

    // Each dash may be left out.
    private static bool IsUuid(string text)
    {
        var digits = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiHexDigit(text[i]))
            {
                digits++;
            }
            else if (text[i] != '-' || digits is not (8 or 12 or 16 or 20) || text[i - 1] == '-')
            {
                return false;
            }
        }
        return digits == 32;
    }

    // Of a prefix the last dash is as good as what will follow it (masked with the character before it, as in Kubernetes).
    private static string Whole(string prefix) => prefix.Length > 1 && prefix.EndsWith('-') ? prefix[..^2] + "a" : prefix;
}
