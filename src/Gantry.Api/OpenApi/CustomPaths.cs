namespace Gantry.Api.OpenApi;

/// <summary>
/// The paths of one custom resource and its subresources, as apiextensions describes them: with the options of every verb, for both of the encodings
/// that custom objects have, and without the old paths of watches.
/// </summary>
internal sealed class CustomPaths
{
    private readonly OpenApiResource _resource;
    private readonly string _kind;
    private readonly string _title;
    private readonly string _scope;
    private readonly string _root;
    private readonly Parameter _name;

    private CustomPaths(OpenApiResource resource)
    {
        var type = resource.Type;
        _resource = resource;
        _kind = type.Kind;
        _title = GroupNames.Title(type.Group) + char.ToUpperInvariant(type.Version[0]) + type.Version[1..];
        _scope = _title + (type.Namespaced ? "Namespaced" : "");
        _root = $"/apis/{type.Group}/{type.Version}/";
        _name = Parameters.Name(type.Kind);
    }

    private string Collection => _root + (_resource.Type.Namespaced ? "namespaces/{namespace}/" : "") + _resource.Type.Plural;

    public static IEnumerable<ApiPath> Of(OpenApiResource resource)
    {
        var paths = new CustomPaths(resource);
        var list = paths.Make("get", "list", $"list{paths._scope}{paths._kind}", $"list objects of kind {paths._kind}", Parameters.List, resource.ListDefinition);
        if (resource.Type.Namespaced)
        {
            yield return paths.At(paths._root + resource.Type.Plural, list with { Id = $"list{paths._title}{paths._kind}ForAllNamespaces" });
        }
        yield return paths.At(paths.Collection, list, paths.Create(), paths.DeleteCollection());
        yield return paths.At(paths.Collection + "/{name}", [.. paths.Object("", resource.Definition), paths.Delete()]);
        foreach (var sub in resource.Type.Subresources)
        {
            var definition = sub.Group is null ? resource.Definition : $"io.k8s.api.{sub.Group}.{sub.Version}.{sub.Kind}";
            yield return paths.At($"{paths.Collection}/{{name}}/{sub.Name}", [.. paths.Object(sub.Name, definition)]);
        }
    }

    private ApiPath At(string path, params IReadOnlyList<Operation> operations)
    {
        Parameter[] inPath = [.. path.Contains("{namespace}", StringComparison.Ordinal) ? [Parameters.Namespace] : (Parameter[])[], .. path.Contains("{name}", StringComparison.Ordinal) ? [_name] : (Parameter[])[]];
        return new(path, GroupNames.Tag(_resource.Type.Group, _resource.Type.Version), [.. operations.Select(o => o with { Parameters = [.. o.Parameters, .. inPath] })]);
    }

    private Operation Make(string method, string action, string id, string description, IReadOnlyList<Parameter> parameters, string answer) => new()
    {
        Method = method,
        Id = id,
        Action = action,
        Kind = (_resource.Type.Group, _resource.Type.Version, _kind),
        Description = description,
        Consumes = MediaTypes.Custom,
        Produces = MediaTypes.Custom,
        Parameters = parameters,
        Answer = answer,
    };

    // What an object and each of its subresources can do.
    private Operation[] Object(string sub, string definition)
    {
        var suffix = _scope + _kind + (sub.Length > 0 ? char.ToUpperInvariant(sub[0]) + sub[1..] : "");
        var subject = $"{(sub.Length > 0 ? $"{sub} of " : "")}the specified {_kind}";
        return
        [
            Make("get", "get", "read" + suffix, "read " + subject, Parameters.ReadAt, definition),
            Make("put", "put", "replace" + suffix, "replace " + subject, Parameters.Write, definition) with { Body = definition, Codes = [200, 201] },
            Make("patch", "patch", "patch" + suffix, "partially update " + subject, Parameters.Write, definition) with
            {
                Consumes = MediaTypes.CustomPatches, Body = Definitions.Patch,
            },
        ];
    }

    private Operation Create() => Make("post", "post", $"create{_scope}{_kind}", $"create {Article} {_kind}", Parameters.Write, _resource.Definition) with
    {
        Body = _resource.Definition, Codes = [200, 201, 202],
    };

    private Operation Delete() => Make("delete", "delete", $"delete{_scope}{_kind}", $"delete {Article} {_kind}", Parameters.Delete, Definitions.Status) with
    {
        Body = Definitions.DeleteOptions, BodyRequired = false, Codes = [200, 202],
    };

    private Operation DeleteCollection() =>
        Make("delete", "deletecollection", $"delete{_title}Collection{_scope[_title.Length..]}{_kind}", $"delete collection of {_kind}", Parameters.List, Definitions.Status);

    private string Article => "AEIOU".Contains(_kind[0], StringComparison.Ordinal) ? "an" : "a";
}
