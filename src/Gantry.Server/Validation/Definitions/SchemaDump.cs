using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Prints a schema as Go's <c>%#v</c> prints Kubernetes' internal type of it: every member, empty ones too; what a pointer points to is not shown.</summary>
internal sealed class SchemaDump
{
    // Each is printed at the length of a page; a schema of very many would be an answer that nobody can send.
    private const int MostSchemas = 4096;
    private const string Props = "apiextensions.JSONSchemaProps";
    private const string Address = "(0xc000000000)";

    // In the order of the type, by JSON name, Go name and what it is.
    private static readonly (string Key, string Name, string Type)[] Members =
    [
        ("id", "ID", "text"), ("$schema", "Schema", "text"), ("$ref", "Ref", "*string"), ("description", "Description", "text"), ("type", "Type", "text"),
        ("nullable", "Nullable", "bool"), ("format", "Format", "text"), ("title", "Title", "text"), ("default", "Default", "*apiextensions.JSON"),
        ("maximum", "Maximum", "*float64"), ("exclusiveMaximum", "ExclusiveMaximum", "bool"), ("minimum", "Minimum", "*float64"),
        ("exclusiveMinimum", "ExclusiveMinimum", "bool"), ("maxLength", "MaxLength", "*int64"), ("minLength", "MinLength", "*int64"), ("pattern", "Pattern", "text"),
        ("maxItems", "MaxItems", "*int64"), ("minItems", "MinItems", "*int64"), ("uniqueItems", "UniqueItems", "bool"), ("multipleOf", "MultipleOf", "*float64"),
        ("enum", "Enum", "values"), ("maxProperties", "MaxProperties", "*int64"), ("minProperties", "MinProperties", "*int64"), ("required", "Required", "texts"),
        ("items", "Items", "*apiextensions.JSONSchemaPropsOrArray"), ("allOf", "AllOf", "schemas"), ("oneOf", "OneOf", "schemas"), ("anyOf", "AnyOf", "schemas"),
        ("not", "Not", "*" + Props), ("properties", "Properties", "map[string]" + Props), ("additionalProperties", "AdditionalProperties", "*apiextensions.JSONSchemaPropsOrBool"),
        ("patternProperties", "PatternProperties", "map[string]" + Props), ("dependencies", "Dependencies", "dependencies"),
        ("additionalItems", "AdditionalItems", "*apiextensions.JSONSchemaPropsOrBool"), ("definitions", "Definitions", "apiextensions.JSONSchemaDefinitions"),
        ("externalDocs", "ExternalDocs", "*apiextensions.ExternalDocumentation"), ("example", "Example", "*apiextensions.JSON"),
        ("x-kubernetes-preserve-unknown-fields", "XPreserveUnknownFields", "*bool"), ("x-kubernetes-embedded-resource", "XEmbeddedResource", "bool"),
        ("x-kubernetes-int-or-string", "XIntOrString", "bool"), ("x-kubernetes-list-map-keys", "XListMapKeys", "texts"),
        ("x-kubernetes-list-type", "XListType", "*string"), ("x-kubernetes-map-type", "XMapType", "*string"), ("x-kubernetes-validations", "XValidations", "rules"),
    ];

    private readonly StringBuilder _text = new();
    private int _schemas;

    /// <summary>The schema as Go prints it.</summary>
    public static string Of(TreeMap schema)
    {
        var dump = new SchemaDump();
        dump.Schema(schema);
        return dump._text.ToString();
    }

    private void Schema(TreeMap schema)
    {
        _text.Append(Props).Append('{');
        if (++_schemas <= MostSchemas)
        {
            var separator = "";
            foreach (var (key, name, type) in Members)
            {
                _text.Append(separator).Append(name).Append(':');
                Member(schema, key, type);
                separator = ", ";
            }
        }

        _text.Append('}');
    }

    private void Member(TreeMap schema, string key, string type)
    {
        var value = schema[key] is TreeNull ? null : schema[key];
        switch (type)
        {
            case "text":
                _text.Append(GoSyntax.Quoted((value as TreeString)?.Value ?? ""));
                break;
            case "bool":
                _text.Append(value is TreeBool { Value: true } ? "true" : "false");
                break;
            case "texts":
                Items("[]string", Schemas.Texts(schema, key), t => _text.Append(GoSyntax.Quoted(t)));
                break;
            case "values":
                Items("[]apiextensions.JSON", (value as TreeList)?.ToList() ?? [], v => _text.Append(v is TreeNull ? "interface {}(nil)" : GoSyntax.Source(v)));
                break;
            case "schemas":
                Items("[]" + Props, [.. schema.Items(key)], Schema);
                break;
            case "rules":
                Items("apiextensions.ValidationRules", ValidationRule.Of(schema), r => _text.Append(r.Dump()));
                break;
            case "dependencies":
                Items("apiextensions.JSONSchemaDependencies", Sorted(value), d => Dependency(d.Key, d.Value));
                break;
            case ['*', ..]:
                _text.Append('(').Append(type).Append(')').Append(value is null ? "(nil)" : Address);
                break;
            default:
                Items(type, Sorted(value), p =>
                {
                    _text.Append(GoSyntax.Quoted(p.Key)).Append(':');
                    Schema((TreeMap)p.Value);
                });
                break;
        }
    }

    private void Dependency(string name, Tree value)
    {
        _text.Append(GoSyntax.Quoted(name)).Append(":apiextensions.JSONSchemaPropsOrStringArray{Schema:(*").Append(Props).Append(')')
            .Append(value is TreeMap ? Address : "(nil)").Append(", Property:");
        IReadOnlyList<string> names = value is TreeList texts ? [.. texts.OfType<TreeString>().Select(t => t.Value)] : [];
        Items("[]string", names, t => _text.Append(GoSyntax.Quoted(t)));
        _text.Append('}');
    }

    private static List<KeyValuePair<string, Tree>> Sorted(Tree? map) => map is TreeMap members ? [.. members.OrderBy(m => m.Key, StringComparer.Ordinal)] : [];

    private void Items<T>(string type, IReadOnlyList<T> items, Action<T> print)
    {
        _text.Append(type);
        if (items.Count == 0)
        {
            _text.Append("(nil)");
            return;
        }

        _text.Append('{');
        for (var i = 0; i < items.Count; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            print(items[i]);
        }

        _text.Append('}');
    }
}
