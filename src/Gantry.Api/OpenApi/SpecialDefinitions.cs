using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>Definitions of values that are no objects with described fields.</summary>
internal static class SpecialDefinitions
{
    private const string Machinery = "io.k8s.apimachinery.pkg.";
    private const string Extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

    private const string Quantity = Machinery + "api.resource.Quantity";
    private const string IntOrString = Machinery + "util.intstr.IntOrString";
    private const string Time = Machinery + "apis.meta.v1.Time";
    private const string MicroTime = Machinery + "apis.meta.v1.MicroTime";
    private const string Duration = Machinery + "apis.meta.v1.Duration";
    private const string FieldsV1 = Machinery + "apis.meta.v1.FieldsV1";
    private const string RawExtension = Machinery + "runtime.RawExtension";

    private static readonly string[] InfoMembers = ["buildDate", "compiler", "gitCommit", "gitTreeState", "gitVersion", "goVersion", "major", "minor", "platform"];

    /// <summary>The definition that a field's values have, or null where they have none of their own.</summary>
    public static string? Of(FieldSchema field) => field.Kind switch
    {
        ValueKind.Quantity => Quantity,
        ValueKind.IntOrString => IntOrString,
        ValueKind.Time => Time,
        ValueKind.MicroTime => MicroTime,
        ValueKind.Duration => Duration,
        ValueKind.Any => field.Any switch
        {
            AnyForm.FieldsV1 => FieldsV1,
            AnyForm.Json => Extensions + "JSON",
            AnyForm.SchemaOrArray => Extensions + "JSONSchemaPropsOrArray",
            AnyForm.SchemaOrBool => Extensions + "JSONSchemaPropsOrBool",
            AnyForm.SchemaOrStringArray => Extensions + "JSONSchemaPropsOrStringArray",
            AnyForm.Strings => null,
            _ => RawExtension,
        },
        _ => null,
    };

    public static TreeMap? Find(string name, OpenApiVersion version) => name switch
    {
        Quantity => Choice(version, "An amount such as 500m, 2 or 1Gi: a number with an optional suffix for its scale.", "number", format: null),
        IntOrString => Choice(version, "A whole number or a text, such as a port's number or its name.", "integer", format: "int-or-string"),
        Time => Text("A time in RFC 3339 with seconds.", "date-time"),
        MicroTime => Text("A time in RFC 3339 with microseconds.", "date-time"),
        Duration => Text("A length of time such as 1h30m.", null),
        FieldsV1 => new TreeMap { ["description"] = "A set of fields, as a tree of path elements.", ["type"] = "object" },
        RawExtension => new TreeMap { ["description"] = "An object of any kind.", ["type"] = "object" },
        Extensions + "JSON" => new TreeMap { ["description"] = "Any JSON value." },
        Extensions + "JSONSchemaPropsOrArray" => new TreeMap { ["description"] = "A schema or a list of schemas." },
        Extensions + "JSONSchemaPropsOrBool" => new TreeMap { ["description"] = "A schema, or whether anything is allowed." },
        Extensions + "JSONSchemaPropsOrStringArray" => new TreeMap { ["description"] = "A schema or a list of names." },
        Definitions.VersionInfo => Info(),
        _ => null,
    };

    private static TreeMap Text(string description, string? format)
    {
        var text = new TreeMap { ["description"] = description, ["type"] = "string" };
        if (format is not null)
        {
            text.Add("format", format);
        }
        return text;
    }

    private static TreeMap Choice(OpenApiVersion version, string description, string other, string? format)
    {
        if (version == OpenApiVersion.V2)
        {
            return Text(description, format);
        }
        var choice = new TreeMap { ["description"] = description };
        if (format is not null)
        {
            choice.Add("format", format);
        }
        choice.Add("oneOf", format is null
            ? new TreeList([new TreeMap { ["type"] = "string" }, new TreeMap { ["type"] = other }])
            : new TreeList([new TreeMap { ["type"] = other }, new TreeMap { ["type"] = "string" }]));
        return choice;
    }

    private static TreeMap Info()
    {
        var properties = new TreeMap();
        foreach (var name in InfoMembers)
        {
            properties.Add(name, new TreeMap { ["type"] = "string" });
        }
        return new TreeMap
        {
            ["description"] = "What the server is and how it was built.",
            ["type"] = "object",
            ["required"] = new TreeList(InfoMembers.Select(n => (Tree)n)),
            ["properties"] = properties,
        };
    }
}
