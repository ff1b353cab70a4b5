using Gantry.SchemaGenerator;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Gantry.SchemaGenerator SCHEMA_FOLDER OUTPUT_FOLDER");
    return 2;
}

try
{
    var parser = new Parser();
    foreach (var file in Directory.EnumerateFiles(args[0], "*.api", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    {
        parser.ReadFile(file);
    }

    Directory.CreateDirectory(args[1]);
    var names = new Names(parser.Blocks);
    foreach (var package in parser.Blocks.GroupBy(b => b.Package))
    {
        File.WriteAllText(Path.Combine(args[1], $"Models.{package.Key.Replace('/', '.')}.g.cs"), new ModelWriter(names).Write(package));
    }

    var schemas = new SchemaWriter(names);
    File.WriteAllText(Path.Combine(args[1], "ApiTypes.g.cs"), schemas.WriteSchemas(parser.Blocks));
    File.WriteAllText(Path.Combine(args[1], "ApiResources.g.cs"), schemas.WriteResources(parser.Blocks));
    File.WriteAllText(Path.Combine(args[1], "ApiModels.g.cs"), schemas.WriteModels(parser.Blocks));
    return 0;
}
catch (SchemaException e)
{
    Console.Error.WriteLine($"{e.Message.Replace("): ", "): error SCHEMA: ", StringComparison.Ordinal)}");
    return 1;
}
