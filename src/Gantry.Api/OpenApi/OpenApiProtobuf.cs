using Gantry.Api.Protobuf;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>The v2 document in the protobuf form of the gnostic project, which older clients ask for. Written from its end to its beginning.</summary>
internal static class OpenApiProtobuf
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch"];

    private static readonly (string Name, int Number, Form Form)[] SchemaMembers =
    [
        ("$ref", 1, Form.Text), ("format", 2, Form.Text), ("title", 3, Form.Text), ("description", 4, Form.Text), ("default", 5, Form.Any),
        ("multipleOf", 6, Form.Real), ("maximum", 7, Form.Real), ("exclusiveMaximum", 8, Form.Flag), ("minimum", 9, Form.Real),
        ("exclusiveMinimum", 10, Form.Flag), ("maxLength", 11, Form.Whole), ("minLength", 12, Form.Whole), ("pattern", 13, Form.Text),
        ("maxItems", 14, Form.Whole), ("minItems", 15, Form.Whole), ("uniqueItems", 16, Form.Flag), ("maxProperties", 17, Form.Whole),
        ("minProperties", 18, Form.Whole), ("required", 19, Form.Texts), ("enum", 20, Form.Anys), ("additionalProperties", 21, Form.SchemaOrFlag),
        ("type", 22, Form.Type), ("items", 23, Form.WrappedSchema), ("properties", 25, Form.Named), ("example", 30, Form.Any),
    ];

    private enum Form
    {
        Text,
        Texts,
        Flag,
        Whole,
        Real,
        Any,
        Anys,
        Type,
        WrappedSchema,
        SchemaOrFlag,
        Named,
    }

    public static byte[] Encode(TreeMap document)
    {
        using var output = new ProtoOutput();
        Message(output, 13, document.Map("securityDefinitions")!, (o, all) => Named(o, 1, all, (p, item) => Message(p, 2, item, Scheme)));
        foreach (var requirement in Backwards(document, "security"))
        {
            Message(output, 12, requirement, (o, all) => Named(o, 1, all, static (_, _) => { }));
        }
        Message(output, 9, document.Map("definitions")!, (o, all) => Named(o, 1, all, Schema));
        Message(output, 8, document.Map("paths")!, (o, all) => Named(o, 2, all, PathItem));
        Message(output, 2, document.Map("info")!, static (o, info) =>
        {
            Text(o, 2, info, "version");
            Text(o, 1, info, "title");
        });
        Text(output, 1, document, "swagger");
        return output.Written.ToArray();
    }

    private static void PathItem(ProtoOutput output, TreeMap item)
    {
        Parameters(output, 9, item);
        for (var i = Methods.Length - 1; i >= 0; i--)
        {
            if (item.Map(Methods[i]) is { } operation)
            {
                Message(output, i + 2, operation, Operation);
            }
        }
    }

    private static void Operation(ProtoOutput output, TreeMap operation)
    {
        Extensions(output, 13, operation);
        Texts(output, 10, operation, "schemes");
        Message(output, 9, operation.Map("responses")!, static (o, all) => Named(o, 1, all, static (p, response) => Message(p, 1, response, Response)));
        Parameters(output, 8, operation);
        Texts(output, 7, operation, "consumes");
        Texts(output, 6, operation, "produces");
        Text(output, 5, operation, "operationId");
        Text(output, 3, operation, "description");
        Texts(output, 1, operation, "tags");
    }

    private static void Response(ProtoOutput output, TreeMap response)
    {
        if (response.Map("schema") is { } schema)
        {
            Message(output, 2, schema, static (o, s) => Message(o, 1, s, Schema));
        }
        Text(output, 1, response, "description");
    }

    private static void Parameters(ProtoOutput output, int number, TreeMap owner)
    {
        foreach (var parameter in Backwards(owner, "parameters"))
        {
            Message(output, number, parameter, static (o, p) => Message(o, 1, p, Parameter));
        }
    }

    private static void Parameter(ProtoOutput output, TreeMap parameter)
    {
        switch (parameter.Text("in"))
        {
            case "body":
                Message(output, 1, parameter, static (o, body) =>
                {
                    Message(o, 5, body.Map("schema")!, Schema);
                    Flag(o, 4, body, "required");
                    Text(o, 3, body, "in");
                    Text(o, 2, body, "name");
                    Text(o, 1, body, "description");
                });
                break;
            case "path":
                Message(output, 2, parameter, static (o, p) => Message(o, 4, p, static (q, path) => Plain(q, path, unique: 19, type: 5)));
                break;
            default:
                Message(output, 2, parameter, static (o, p) => Message(o, 3, p, static (q, query) => Plain(q, query, unique: 20, type: 6)));
                break;
        }
    }

    private static void Plain(ProtoOutput output, TreeMap parameter, int unique, int type)
    {
        Flag(output, unique, parameter, "uniqueItems");
        Text(output, type, parameter, "type");
        Text(output, 4, parameter, "name");
        Text(output, 3, parameter, "description");
        Text(output, 2, parameter, "in");
        Flag(output, 1, parameter, "required");
    }

    private static void Scheme(ProtoOutput output, TreeMap scheme)
    {
        Text(output, 4, scheme, "description");
        Text(output, 3, scheme, "in");
        Text(output, 2, scheme, "name");
        Text(output, 1, scheme, "type");
    }

    private static void Schema(ProtoOutput output, TreeMap schema)
    {
        Extensions(output, 31, schema);
        for (var i = SchemaMembers.Length - 1; i >= 0; i--)
        {
            var (name, number, form) = SchemaMembers[i];
            if (schema[name] is { } value)
            {
                Member(output, number, form, schema, name, value);
            }
        }
    }

    private static void Member(ProtoOutput output, int number, Form form, TreeMap schema, string name, Tree value)
    {
        switch (form)
        {
            case Form.Text:
                Text(output, number, schema, name);
                break;
            case Form.Texts:
                Texts(output, number, schema, name);
                break;
            case Form.Flag:
                Flag(output, number, schema, name);
                break;
            case Form.Whole when value is TreeInteger whole:
                output.Integer(number, whole.Value);
                break;
            case Form.Real when value is TreeInteger or TreeFloat:
                output.Double(value is TreeInteger integer ? integer.Value : ((TreeFloat)value).Value);
                output.Tag(number, WireType.Fixed64);
                break;
            case Form.Any:
                Any(output, number, value);
                break;
            case Form.Anys when value is TreeList list:
                foreach (var item in list.Reverse())
                {
                    Any(output, number, item);
                }
                break;
            case Form.Type when value is TreeString:
                Message(output, number, schema, static (o, s) => Text(o, 1, s, "type"));
                break;
            case Form.WrappedSchema or Form.SchemaOrFlag when value is TreeMap inner:
                Message(output, number, inner, static (o, s) => Message(o, 1, s, Schema));
                break;
            case Form.SchemaOrFlag:
                Message(output, number, schema, static (o, s) => Flag(o, 2, s, "additionalProperties"));
                break;
            case Form.Named when value is TreeMap members:
                Message(output, number, members, static (o, all) => Named(o, 1, all, Schema));
                break;
        }
    }

    private static void Extensions(ProtoOutput output, int number, TreeMap owner)
    {
        for (var i = owner.Count - 1; i >= 0; i--)
        {
            if (owner.KeyAt(i).StartsWith("x-", StringComparison.Ordinal))
            {
                var mark = output.Length;
                Any(output, 2, owner.ValueAt(i));
                output.Text(1, owner.KeyAt(i));
                output.Head(number, mark);
            }
        }
    }

    // Any value stands there as YAML, of which JSON is a part.
    private static void Any(ProtoOutput output, int number, Tree value)
    {
        var mark = output.Length;
        output.Text(2, value.ToString());
        output.Head(number, mark);
    }

    private static void Named(ProtoOutput output, int number, TreeMap all, Action<ProtoOutput, TreeMap> write)
    {
        for (var i = all.Count - 1; i >= 0; i--)
        {
            var mark = output.Length;
            var inner = output.Length;
            if (all.ValueAt(i) is TreeMap value)
            {
                write(output, value);
            }
            output.Head(2, inner);
            output.Text(1, all.KeyAt(i));
            output.Head(number, mark);
        }
    }

    private static void Message(ProtoOutput output, int number, TreeMap value, Action<ProtoOutput, TreeMap> write)
    {
        var mark = output.Length;
        write(output, value);
        output.Head(number, mark);
    }

    private static void Text(ProtoOutput output, int number, TreeMap owner, string name)
    {
        if (owner.Text(name) is { Length: > 0 } text)
        {
            output.Text(number, text);
        }
    }

    private static void Texts(ProtoOutput output, int number, TreeMap owner, string name)
    {
        foreach (var item in (owner.List(name) ?? new TreeList()).Reverse())
        {
            output.Text(number, item is TreeString text ? text.Value : item.ToString());
        }
    }

    private static void Flag(ProtoOutput output, int number, TreeMap owner, string name)
    {
        if (owner[name] is TreeBool { Value: true })
        {
            output.Integer(number, 1);
        }
    }

    private static IEnumerable<TreeMap> Backwards(TreeMap owner, string name) => (owner.List(name) ?? new TreeList()).OfType<TreeMap>().Reverse();
}
