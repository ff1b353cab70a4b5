namespace Gantry.SchemaGenerator;

/// <summary>How a field's value looks in C#, and how it is read and written.</summary>
internal sealed record Shape(string CSharp, string Read, Func<string, string> Write, string Zero, string ValueKind, bool IsReference)
{
    public static Shape Of(FieldLine field, TypeBlock block, Names names) => field.Type switch
    {
        "string" => new("string", "JsonModel.ReadString(ref reader)", v => $"writer.WriteStringValue({v});", "\"\"", "String", true),
        "int32" => new("int", "reader.GetInt32()", v => $"writer.WriteNumberValue({v});", "0", "Int32", false),
        "int64" => new("long", "reader.GetInt64()", v => $"writer.WriteNumberValue({v});", "0", "Int64", false),
        "double" => new("double", "reader.GetDouble()", v => $"writer.WriteNumberValue({v});", "0", "Double", false),
        "bool" => new("bool", "reader.GetBoolean()", v => $"writer.WriteBooleanValue({v});", "false", "Bool", false),
        "bytes" => new("byte[]", "reader.GetBytesFromBase64()", v => $"writer.WriteBase64StringValue({v});", "[]", "Bytes", true),
        "time" => new("DateTimeOffset", "ApiTimes.ReadTime(ref reader).GetValueOrDefault()", v => $"ApiTimes.WriteTime(writer, {v});", "default", "Time", false),
        "microtime" => new("DateTimeOffset", "ApiTimes.ReadMicroTime(ref reader).GetValueOrDefault()", v => $"ApiTimes.WriteMicroTime(writer, {v});", "default", "MicroTime", false),
        "duration" => new("string", "JsonModel.ReadString(ref reader)", v => $"writer.WriteStringValue({v});", "\"\"", "Duration", true),
        "quantity" => new("Quantity", "Quantity.Read(ref reader)", v => $"{v}.Write(writer);", "default", "Quantity", false),
        "intorstring" => new("IntOrString", "IntOrString.Read(ref reader)", v => $"{v}.Write(writer);", "default", "IntOrString", false),
        "any" => new("JsonElement", "JsonModel.ReadAny(ref reader)", v => $"{v}.WriteTo(writer);", "default", "Any", false),
        _ => ObjectShape(field, block, names),
    };

    public static string FullName(FieldLine field, TypeBlock block) => field.Type.Contains('/') ? field.Type : block.Package + "." + field.Type;

    private static Shape ObjectShape(FieldLine field, TypeBlock block, Names names)
    {
        var name = names.Type(FullName(field, block), block.Place);
        return new(name, $"{name}.Read(ref reader)", v => $"{v}.Write(writer);", "new()", "Object", true);
    }
}
