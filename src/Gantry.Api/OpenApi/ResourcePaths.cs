using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;

namespace Gantry.Api.OpenApi;

/// <summary>The paths of one resource and its subresources.</summary>
internal sealed class ResourcePaths
{
    // Kinds whose deletion answers with the object instead of a Status.
    private static readonly HashSet<string> Returned = new(StringComparer.Ordinal)
    {
        "v1 PersistentVolumeClaim", "v1 Pod", "v1 PodTemplate", "v1 ResourceQuota", "v1 ServiceAccount", "v1 Service", "v1 PersistentVolume",
        "storage.k8s.io/v1 CSIDriver", "storage.k8s.io/v1 CSINode", "storage.k8s.io/v1 StorageClass", "storage.k8s.io/v1 VolumeAttachment",
    };

    private readonly OpenApiResource _resource;
    private readonly ResourceType _type;
    private readonly string _tag;
    private readonly string _scope;
    private readonly string _root;
    private readonly List<ApiPath> _paths = [];

    private ResourcePaths(OpenApiResource resource)
    {
        _resource = resource;
        _type = resource.Type;
        _root = (_type.Group.Length == 0 ? "/api/" : "/apis/" + _type.Group + "/") + _type.Version;
        _tag = GroupNames.Tag(_type.Group, _type.Version);
        _scope = GroupNames.Title(_type.Group) + Capital(_type.Version);
    }

    private string Namespaced => _type.Namespaced ? "Namespaced" : "";

    private string Collection => (_type.Namespaced ? "/namespaces/{namespace}/" : "/") + _type.Plural;

    private string Item => Collection + "/{name}";

    private (string, string, string) Kind => (_type.Group, _type.Version, _type.Kind);

    public static IEnumerable<ApiPath> Of(OpenApiResource resource)
    {
        if (resource.IsCustom)
        {
            return CustomPaths.Of(resource);
        }
        var paths = new ResourcePaths(resource);
        paths.Collections();
        paths.Items();
        foreach (var subresource in resource.Type.Subresources)
        {
            paths.Sub(subresource);
        }
        paths.Watches();
        return paths._paths;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private void Add(string path, params ReadOnlySpan<Operation?> operations)
    {
        var own = new List<Operation>();
        foreach (var operation in operations)
        {
            if (operation is not null)
            {
                own.Add(path.Contains("{namespace}", StringComparison.Ordinal) ? operation with { Parameters = [.. operation.Parameters, Parameters.Namespace] } : operation);
            }
        }
        if (own.Count > 0)
        {
            _paths.Add(new ApiPath(_root + path, _tag, own));
        }
    }

    private Operation? If(string verb, Func<Operation> make) => _type.Allows(verb) ? make() : null;

    private void Collections()
    {
        var list = If("list", () => new Operation
        {
            Method = "get",
            Id = $"list{_scope}{Namespaced}{_type.Kind}",
            Action = "list",
            Kind = Kind,
            Description = _type.Allows("watch") ? $"list or watch objects of kind {_type.Kind}" : $"list objects of kind {_type.Kind}",
            Consumes = MediaTypes.Any,
            Produces = MediaTypes.Streams,
            Parameters = Parameters.List,
            Answer = _resource.ListDefinition,
        });
        if (_type.Namespaced && list is not null)
        {
            Add("/" + _type.Plural, list with { Id = $"list{_scope}{_type.Kind}ForAllNamespaces" });
        }
        Add(Collection, list, If("create", () => Write("post", $"create{_scope}{Namespaced}{_type.Kind}", $"create a {_type.Kind}", [200, 201, 202])), If("deletecollection", () => new Operation
        {
            Method = "delete",
            Id = $"delete{_scope}Collection{Namespaced}{_type.Kind}",
            Action = "deletecollection",
            Kind = Kind,
            Description = $"delete collection of {_type.Kind}",
            Consumes = MediaTypes.Any,
            Parameters = Parameters.DeleteCollection,
            Body = Definitions.DeleteOptions,
            BodyRequired = false,
            Answer = Definitions.Status,
        }));
    }

    private void Items()
    {
        var name = Parameters.Name(_type.Kind);
        Operation Named(Operation operation) => operation with { Parameters = [.. operation.Parameters, name] };
        Add(
            Item,
            If("get", () => Named(Read($"read{_scope}{Namespaced}{_type.Kind}", $"read the specified {_type.Kind}", _resource.Definition, Kind))),
            If("update", () => Named(Write("put", $"replace{_scope}{Namespaced}{_type.Kind}", $"replace the specified {_type.Kind}", [200, 201]))),
            If("delete", () => Named(new Operation
            {
                Method = "delete",
                Id = $"delete{_scope}{Namespaced}{_type.Kind}",
                Action = "delete",
                Kind = Kind,
                Description = $"delete a {_type.Kind}",
                Consumes = MediaTypes.Any,
                Parameters = Parameters.Delete,
                Body = Definitions.DeleteOptions,
                BodyRequired = false,
                Codes = [200, 202],
                Answer = Returned.Contains($"{_type.ApiVersion} {_type.Kind}") ? _resource.Definition : Definitions.Status,
            })),
            If("patch", () => Named(Patch($"patch{_scope}{Namespaced}{_type.Kind}", $"partially update the specified {_type.Kind}", _resource.Definition, Kind))));
    }

    private void Sub(Subresource sub)
    {
        var kind = (Group: sub.Group ?? _type.Group, Version: sub.Version ?? _type.Version, sub.Kind);
        var suffix = Namespaced + _type.Kind + Capital(sub.Name);
        var name = Parameters.Name(sub.Kind.EndsWith("Options", StringComparison.Ordinal) ? sub.Kind : sub.Kind == _type.Kind ? _type.Kind : sub.Kind);
        var path = $"{Item}/{sub.Name}";
        if (sub.Kind.EndsWith("Options", StringComparison.Ordinal))
        {
            Connect(sub, kind, path, suffix, name);
            return;
        }
        var definition = sub.Kind == _type.Kind ? _resource.Definition : ShapeOf(kind);
        Operation Named(Operation operation) => operation with { Parameters = [.. operation.Parameters, name] };
        var operations = new List<Operation>();
        foreach (var verb in sub.Verbs)
        {
            operations.Add(Named(verb switch
            {
                "get" when sub.Name == "log" => Log(suffix),
                "get" => Read($"read{_scope}{suffix}", $"read {sub.Name} of the specified {_type.Kind}", definition, kind),
                "update" => Write("put", $"replace{_scope}{suffix}", $"replace {sub.Name} of the specified {_type.Kind}", [200, 201]) with { Kind = kind, Body = definition, Answer = definition },
                "create" => Write("post", $"create{_scope}{suffix}", $"create {sub.Name} of a {_type.Kind}", [200, 201, 202]) with { Kind = kind, Body = definition, Answer = definition },
                "patch" => Patch($"patch{_scope}{suffix}", $"partially update {sub.Name} of the specified {_type.Kind}", definition, kind),
                _ => throw new InvalidOperationException($"{_type} {sub.Name} has the unknown verb {verb}"),
            }));
        }
        Add(path, [.. operations]);
    }

    private Operation Log(string suffix) => Read($"read{_scope}{suffix}", $"read log of the specified {_type.Kind}", null, Kind) with
    {
        Produces = MediaTypes.Logs,
        Parameters = [.. Parameters.Read, .. Parameters.Of(ApiTypes.Find("io.k8s.api.core.v1.PodLogOptions")!)],
    };

    private void Connect(Subresource sub, (string Group, string Version, string Kind) kind, string path, string suffix, Parameter name)
    {
        var options = Parameters.Of(ApiTypes.Find(ShapeOf(kind)) ?? throw new InvalidOperationException($"no type is described for {kind}"));
        string[] methods = sub.Name == "proxy" ? ["get", "put", "post", "delete", "options", "head", "patch"] : ["get", "post"];
        Operation[] Made(string ending, params IEnumerable<Parameter> more) => [.. methods.Select(method => new Operation
        {
            Method = method,
            Id = $"connect{_scope}{Capital(method)}{suffix}{ending}",
            Action = "connect",
            Kind = kind,
            Description = $"connect {method.ToUpperInvariant()} requests to {sub.Name} of {_type.Kind}",
            Consumes = MediaTypes.Any,
            Produces = MediaTypes.Any,
            Parameters = [.. options, name, .. more],
        })];
        Add(path, Made(""));
        if (sub.Name == "proxy")
        {
            Add(path + "/{path}", Made("WithPath", Parameters.PathRest));
        }
    }

    private static string ShapeOf((string Group, string Version, string Kind) kind) =>
        ApiCatalog.FindKind(kind.Group, kind.Version, kind.Kind)?.Schema.OpenApiName
        ?? $"io.k8s.api.{(kind.Group.Length == 0 ? "core" : kind.Group.Split('.')[0])}.{kind.Version}.{kind.Kind}";

    private void Watches()
    {
        if (!_type.Allows("watch"))
        {
            return;
        }
        var list = new Operation
        {
            Method = "get",
            Id = $"watch{_scope}{Namespaced}{_type.Kind}List",
            Action = "watchlist",
            Kind = Kind,
            Description = $"watch objects of kind {_type.Kind}; lists with the parameter watch do the same",
            Consumes = MediaTypes.Any,
            Produces = MediaTypes.Streams,
            Parameters = Parameters.List,
            Answer = Definitions.WatchEvent,
        };
        Add("/watch" + Collection, list);
        Add("/watch" + Item, list with
        {
            Id = $"watch{_scope}{Namespaced}{_type.Kind}",
            Action = "watch",
            Description = $"watch one object of kind {_type.Kind}; lists with the parameters watch and fieldSelector do the same",
            Parameters = [.. Parameters.List, Parameters.Name(_type.Kind)],
        });
        if (_type.Namespaced)
        {
            Add("/watch/" + _type.Plural, list with { Id = $"watch{_scope}{_type.Kind}ListForAllNamespaces" });
        }
    }

    private static Operation Read(string id, string description, string? definition, (string, string, string) kind) => new()
    {
        Method = "get",
        Id = id,
        Action = "get",
        Kind = kind,
        Description = description,
        Consumes = MediaTypes.Any,
        Parameters = Parameters.Read,
        Answer = definition,
    };

    private Operation Write(string method, string id, string description, int[] codes) => new()
    {
        Method = method,
        Id = id,
        Action = method,
        Kind = Kind,
        Description = description,
        Consumes = MediaTypes.Any,
        Parameters = Parameters.Write,
        Body = _resource.Definition,
        Codes = codes,
        Answer = _resource.Definition,
    };

    private static Operation Patch(string id, string description, string definition, (string, string, string) kind) => new()
    {
        Method = "patch",
        Id = id,
        Action = "patch",
        Kind = kind,
        Description = description,
        Consumes = MediaTypes.Patches,
        Parameters = Parameters.Patch,
        Body = Definitions.Patch,
        Codes = [200, 201],
        Answer = definition,
    };
}
