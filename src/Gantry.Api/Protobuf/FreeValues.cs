using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.Protobuf;

/// <summary>The messages of values without a described type.</summary>
internal static class FreeValues
{
    private static TypeSchema Schema => ApiTypes.Find("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps")!;

    public static void Encode(ProtoOutput output, AnyForm form, Tree value)
    {
        switch (form)
        {
            case AnyForm.Strings:
                Texts(output, 1, value);
                return;
            case AnyForm.SchemaOrArray when value is TreeList list:
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    Nested(output, 2, list[i]);
                }
                return;
            case AnyForm.SchemaOrArray:
                Nested(output, 1, value);
                return;
            case AnyForm.SchemaOrStringArray when value is TreeList:
                Texts(output, 2, value);
                return;
            case AnyForm.SchemaOrStringArray:
                Nested(output, 1, value);
                return;
            case AnyForm.SchemaOrBool:
                Nested(output, 2, value);
                output.Integer(1, value is TreeMap or TreeBool { Value: true } ? 1 : 0);
                return;
            case AnyForm.Json:
                output.Blob(1, TreeJson.Write(value));
                return;
            default:
                if (value is not TreeNull)
                {
                    output.Blob(1, TreeJson.Write(value));
                }
                return;
        }
    }

    public static Tree Decode(AnyForm form, ReadOnlySpan<byte> message, int depth)
    {
        var input = new ProtoInput(message);
        TreeList? list = form == AnyForm.Strings ? new TreeList() : null;
        Tree value = TreeNull.Instance;
        while (input.Next())
        {
            switch (form)
            {
                case AnyForm.Strings when input.Number == 1:
                case AnyForm.SchemaOrStringArray when input.Number == 2:
                    (list ??= new TreeList()).Add(ProtoDecoder.Text(input.Content));
                    break;
                case AnyForm.SchemaOrArray when input.Number == 2:
                    (list ??= new TreeList()).Add(ProtoDecoder.Message(Schema, input.Content, depth + 1));
                    break;
                case AnyForm.SchemaOrArray or AnyForm.SchemaOrStringArray when input.Number == 1:
                case AnyForm.SchemaOrBool when input.Number == 2:
                    value = ProtoDecoder.Message(Schema, input.Content, depth + 1);
                    break;
                case AnyForm.SchemaOrBool when input.Number == 1:
                    value = value is TreeMap ? value : input.Value != 0;
                    break;
                case AnyForm.Json or AnyForm.RawExtension or AnyForm.FieldsV1 when input.Number == 1:
                    value = input.Content.IsEmpty ? TreeNull.Instance : Parsed(input.Content);
                    break;
            }
        }
        return list is not null ? list : value;
    }

    private static Tree Parsed(ReadOnlySpan<byte> json)
    {
        try
        {
            return TreeJson.Parse(json);
        }
        catch (TreeException e)
        {
            throw new ProtoException(e.Message, e);
        }
    }

    private static void Nested(ProtoOutput output, int number, Tree value)
    {
        if (value is TreeMap map)
        {
            var mark = output.Length;
            ProtoEncoder.Message(output, Schema, map);
            output.Head(number, mark);
        }
    }

    private static void Texts(ProtoOutput output, int number, Tree value)
    {
        if (value is TreeList list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                output.Text(number, list[i] is TreeString text ? text.Value : "");
            }
        }
    }
}
