using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>Writes paths, and has everything defined that they speak of.</summary>
internal sealed class PathWriter(OpenApiVersion version, Definitions definitions)
{
    private readonly OpenApiVersion _version = version;
    private readonly Definitions _definitions = definitions;
    private readonly HashSet<string> _resources = new(StringComparer.Ordinal);

    /// <summary>Definitions of resources, which are made by whoever knows the resource.</summary>
    public void Knows(OpenApiResource resource)
    {
        _definitions.Add(resource);
        _resources.Add(resource.Definition);
        _resources.Add(resource.ListDefinition);
    }

    public TreeMap Write(ApiPath path)
    {
        var item = new TreeMap();
        foreach (var operation in path.Operations)
        {
            item.Add(operation.Method, _version == OpenApiVersion.V2 ? V2(path, operation) : V3(path, operation));
        }
        if (path.Shared.Count > 0)
        {
            item.Add("parameters", new TreeList(path.Shared.Select(Parameter)));
        }
        return item;
    }

    private TreeMap Reference(string definition) => _resources.Contains(definition) ? _definitions.Pointer(definition) : _definitions.Reference(definition);

    private TreeMap V2(ApiPath path, Operation operation)
    {
        var tree = new TreeMap { ["description"] = operation.Description };
        if (operation.Consumes.Count > 0)
        {
            tree.Add("consumes", Texts(operation.Consumes));
        }
        tree.Add("produces", Texts(operation.Produces));
        tree.Add("schemes", Texts(["https"]));
        tree.Add("tags", Texts([path.Tag]));
        tree.Add("operationId", operation.Id);
        var parameters = new TreeList(path.Own(operation).Select(Parameter));
        if (operation.Body is { } body)
        {
            var given = new TreeMap { ["name"] = "body", ["in"] = "body" };
            if (operation.BodyRequired)
            {
                given.Add("required", true);
            }
            given.Add("schema", Reference(body));
            parameters.Insert(0, given);
        }
        if (parameters.Count > 0)
        {
            tree.Add("parameters", parameters);
        }
        var responses = new TreeMap();
        foreach (var code in operation.Codes)
        {
            responses.Add(code.ToString(CultureInfo.InvariantCulture), new TreeMap { ["description"] = Reason(code), ["schema"] = Answer(operation) });
        }
        responses.Add("401", new TreeMap { ["description"] = "Unauthorized" });
        tree.Add("responses", responses);
        Extensions(operation, tree);
        return tree;
    }

    private TreeMap V3(ApiPath path, Operation operation)
    {
        var tree = new TreeMap { ["tags"] = Texts([path.Tag]), ["description"] = operation.Description, ["operationId"] = operation.Id };
        var parameters = new TreeList(path.Own(operation).Select(Parameter));
        if (parameters.Count > 0)
        {
            tree.Add("parameters", parameters);
        }
        if (operation.Body is { } body)
        {
            var content = new TreeMap();
            foreach (var type in operation.Consumes)
            {
                content.Add(type, new TreeMap { ["schema"] = Reference(body) });
            }
            tree.Add("requestBody", operation.BodyRequired ? new TreeMap { ["content"] = content, ["required"] = true } : new TreeMap { ["content"] = content });
        }
        var responses = new TreeMap();
        foreach (var code in operation.Codes)
        {
            var content = new TreeMap();
            foreach (var type in operation.Produces)
            {
                content.Add(type, new TreeMap { ["schema"] = Answer(operation) });
            }
            responses.Add(code.ToString(CultureInfo.InvariantCulture), new TreeMap { ["description"] = Reason(code), ["content"] = content });
        }
        responses.Add("401", new TreeMap { ["description"] = "Unauthorized" });
        tree.Add("responses", responses);
        Extensions(operation, tree);
        return tree;
    }

    private TreeMap Answer(Operation operation) => operation.Answer is { } answer ? Reference(answer) : new TreeMap { ["type"] = "string" };

    private TreeMap Parameter(Parameter parameter)
    {
        var tree = new TreeMap { ["name"] = parameter.Name, ["in"] = parameter.InPath ? "path" : "query" };
        if (parameter.Description.Length > 0)
        {
            tree.Add("description", parameter.Description);
        }
        if (parameter.InPath)
        {
            tree.Add("required", true);
        }
        if (_version == OpenApiVersion.V2)
        {
            tree.Add("type", parameter.Type);
            tree.Add("uniqueItems", true);
        }
        else
        {
            tree.Add("schema", new TreeMap { ["type"] = parameter.Type, ["uniqueItems"] = true });
        }
        return tree;
    }

    private static void Extensions(Operation operation, TreeMap tree)
    {
        if (operation.Action is { } action)
        {
            tree.Add("x-kubernetes-action", action);
        }
        if (operation.Kind is var (group, version, kind))
        {
            tree.Add("x-kubernetes-group-version-kind", new TreeMap { ["group"] = group, ["kind"] = kind, ["version"] = version });
        }
    }

    private static string Reason(int code) => code switch { 201 => "Created", 202 => "Accepted", _ => "OK" };

    private static TreeList Texts(IEnumerable<string> texts) => new(texts.Select(t => (Tree)t));
}
