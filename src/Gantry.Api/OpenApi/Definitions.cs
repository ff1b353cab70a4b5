using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>Makes the definitions of types, each once, with everything they refer to.</summary>
internal sealed class Definitions(OpenApiVersion version)
{
    public const string Status = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    public const string DeleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
    public const string Patch = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
    public const string WatchEvent = "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent";
    public const string VersionInfo = "io.k8s.apimachinery.pkg.version.Info";

    private const string ListMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    private const string ObjectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    // Types in which one member says which of the others counts.
    private static readonly Dictionary<string, (string Discriminator, string[] Members)> Unions = new(StringComparer.Ordinal)
    {
        ["io.k8s.api.core.v1.AppArmorProfile"] = ("type", ["localhostProfile"]),
        ["io.k8s.api.core.v1.SeccompProfile"] = ("type", ["localhostProfile"]),
        ["io.k8s.api.flowcontrol.v1.LimitResponse"] = ("type", ["queuing"]),
        ["io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec"] = ("type", ["exempt", "limited"]),
        ["io.k8s.api.flowcontrol.v1.Subject"] = ("kind", ["group", "serviceAccount", "user"]),
    };

    private static readonly HashSet<string> PublishesDefaults = new(
        new[]
        {
            "AzureDiskVolumeSource", "ContainerPort", "ISCSIPersistentVolumeSource", "ISCSIVolumeSource", "RBDPersistentVolumeSource", "RBDVolumeSource",
            "ScaleIOPersistentVolumeSource", "ScaleIOVolumeSource", "ServicePort",
        }.Select(type => "io.k8s.api.core.v1." + type), StringComparer.Ordinal);

    private readonly OpenApiVersion _version = version;
    private readonly SortedDictionary<string, TreeMap?> _made = new(StringComparer.Ordinal);

    // Definitions of custom resources, null among the others, are made when they are written: all of them at once are ten times what the document is.
    private readonly Dictionary<string, OpenApiResource> _custom = new(StringComparer.Ordinal);

    private bool IsV3 => _version == OpenApiVersion.V3;

    private string Prefix => IsV3 ? "#/components/schemas/" : "#/definitions/";

    /// <summary>Writes all definitions as one object, piece by piece.</summary>
    public void Write(JsonOutput output, DocumentPacker packer)
    {
        output.Byte('{');
        var first = true;
        foreach (var (name, definition) in _made)
        {
            output.Member(name, definition ?? Custom(_custom[name]), ref first);
            packer.Drain(output);
        }
        output.Byte('}');
    }

    /// <summary>A reference to a described type or to a special one; sees to it that it is defined.</summary>
    public TreeMap Reference(string name)
    {
        if (!_made.ContainsKey(name))
        {
            if (SpecialDefinitions.Find(name, _version) is { } special)
            {
                _made.Add(name, special);
            }
            else
            {
                var type = ApiTypes.Find(name) ?? throw new InvalidOperationException($"no type is described as {name}");
                Describe(type, Kinds(type));
            }
        }
        return Pointer(name);
    }

    /// <summary>Defines a resource's kind and, where it can be listed, its list.</summary>
    public void Add(OpenApiResource resource)
    {
        var type = resource.Type;
        if (resource.Schema is not null)
        {
            if (_custom.TryAdd(resource.Definition, resource))
            {
                _made.Add(resource.Definition, null);
                Reference(ObjectMeta);
            }
        }
        else if (!_made.ContainsKey(resource.Definition))
        {
            Describe(type.Schema, [(type.Group, type.Version, type.Kind)]);
        }
        if (type.Allows("list") && !_made.ContainsKey(resource.ListDefinition))
        {
            List(resource);
        }
    }

    /// <summary>A reference to a definition that is known to be there.</summary>
    public TreeMap Pointer(string name) => new() { ["$ref"] = Prefix + name };

    private static IReadOnlyList<(string Group, string Version, string Kind)> Kinds(TypeSchema type) => type.OpenApiName switch
    {
        DeleteOptions or WatchEvent => [.. KnownVersions.All.Select(v => (v.Group, v.Version, type.OpenApiName[(type.OpenApiName.LastIndexOf('.') + 1)..]))],
        var name when ApiCatalog.Resources.FirstOrDefault(r => r.Kind.Length == name.Length - name.LastIndexOf('.') - 1 && r.Schema.OpenApiName == name) is { } resource =>
            [(resource.Group, resource.Version, resource.Kind)],
        _ => SharedKinds.Of(type.OpenApiName) is { } kind ? [kind] : [],
    };

    private void Describe(TypeSchema type, IReadOnlyList<(string Group, string Version, string Kind)> kinds)
    {
        var definition = new TreeMap();
        // It stands there before its members do, because types can hold themselves.
        _made[type.OpenApiName] = definition;
        definition.Add("description", type.Description);
        definition.Add("type", "object");
        var required = type.Fields.Where(f => f.Required).Select(f => f.Name).ToList();
        if (required.Count > 0)
        {
            definition.Add("required", Texts(required));
        }
        if (type.Fields.Count > 0)
        {
            var properties = new TreeMap(type.Fields.Count);
            foreach (var field in type.Fields.OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                properties.Add(field.Name, Property(field, PublishesDefaults.Contains(type.OpenApiName)));
            }
            definition.Add("properties", properties);
        }
        if (kinds.Count > 0)
        {
            definition.Add("x-kubernetes-group-version-kind", Named(kinds));
        }
        if (type.Atomic)
        {
            definition.Add("x-kubernetes-map-type", "atomic");
        }
        if (Unions.TryGetValue(type.OpenApiName, out var union))
        {
            definition.Add("x-kubernetes-unions", Union(union.Discriminator, union.Members));
        }
    }

    private TreeMap Property(FieldSchema field, bool publishes)
    {
        var property = new TreeMap();
        var described = field.Description.Length > 0 ? field.Description
            : field.Kind == ValueKind.Object || field.Name is "apiVersion" or "kind" ? Common(field.Name) : "";
        if (described.Length > 0)
        {
            property.Add("description", described);
        }
        switch (field.Cardinality)
        {
            case Cardinality.List:
                property.Add("type", "array");
                property.Add("items", Value(field, inside: true));
                break;
            case Cardinality.Map:
                property.Add("type", "object");
                property.Add("additionalProperties", Value(field, inside: true));
                break;
            default:
                var value = Value(field, inside: false);
                foreach (var (key, part) in value)
                {
                    property.Add(key, part);
                }
                break;
        }
        if (IsV3 && field.Cardinality == Cardinality.One && DefaultOf(field, publishes) is { } standard)
        {
            property["default"] = standard;
        }
        if (field.Enum.Count > 0)
        {
            var holder = field.Cardinality switch { Cardinality.List => property.Map("items")!, Cardinality.Map => property.Map("additionalProperties")!, _ => property };
            holder["enum"] = Texts(field.Enum);
        }
        Merging(field, property);
        return property;
    }

    // What a member holds that nobody set: always for values that cannot be missing, and otherwise where the API says so to clients, which is seldom.
    private static Tree? DefaultOf(FieldSchema field, bool publishes)
    {
        if (publishes && field.DefaultTree is { } standard)
        {
            return standard;
        }
        if (field.Presence != Presence.Always || field.Pointer)
        {
            return null;
        }
        return field.Kind switch
        {
            ValueKind.Object => new TreeMap(),
            ValueKind.String or ValueKind.Int32 or ValueKind.Int64 or ValueKind.Double or ValueKind.Bool => Zero.Of(field),
            _ => null,
        };
    }

    private static void Merging(FieldSchema field, TreeMap property)
    {
        if (field.Cardinality == Cardinality.List && field.MergeType != MergeType.Default)
        {
            if (field.MergeType == MergeType.Keyed)
            {
                property["x-kubernetes-list-map-keys"] = Texts(field.MergeKeys);
            }
            property["x-kubernetes-list-type"] = field.MergeType switch { MergeType.Atomic => "atomic", MergeType.Set => "set", _ => "map" };
        }
        else if (field.MergeType is MergeType.Atomic or MergeType.Granular)
        {
            // Bytes count as lists, and so does one object of the reference.
            var isList = field.Cardinality == Cardinality.One && (field.Kind != ValueKind.Object || field.Name == "details");
            property[isList ? "x-kubernetes-list-type" : "x-kubernetes-map-type"] = field.MergeType == MergeType.Atomic ? "atomic" : "granular";
        }
        if (field.PatchMergeKey.Length > 0)
        {
            property["x-kubernetes-patch-merge-key"] = field.PatchMergeKey;
        }
        var strategy = (field.PatchMerges, field.PatchRetainsKeys) switch
        {
            (true, true) => "merge,retainKeys",
            (true, false) => "merge",
            (false, true) => "retainKeys",
            _ when field.PatchReplaces => "replace",
            _ => null,
        };
        if (strategy is not null)
        {
            property["x-kubernetes-patch-strategy"] = strategy;
        }
    }

    private TreeMap Value(FieldSchema field, bool inside)
    {
        if (SpecialDefinitions.Of(field) is { } name || (name = field.Kind == ValueKind.Object ? field.Type.OpenApiName : null) is not null)
        {
            var reference = Reference(name);
            if (!IsV3)
            {
                return reference;
            }
            // Beside a reference nothing else may stand.
            var wrapped = new TreeMap { ["allOf"] = new TreeList([reference]) };
            if (inside && field.Kind == ValueKind.Object)
            {
                wrapped.Add("default", new TreeMap());
            }
            return wrapped;
        }
        var value = Scalar(field);
        if (IsV3 && inside && field.Kind is not (ValueKind.Any or ValueKind.Bytes))
        {
            value.Add("default", Zero.Of(field));
        }
        return value;
    }

    private static TreeMap Scalar(FieldSchema field) => field.Kind switch
    {
        ValueKind.Int32 => new TreeMap { ["type"] = "integer", ["format"] = "int32" },
        ValueKind.Int64 => new TreeMap { ["type"] = "integer", ["format"] = "int64" },
        ValueKind.Double => new TreeMap { ["type"] = "number", ["format"] = "double" },
        ValueKind.Bool => new TreeMap { ["type"] = "boolean" },
        ValueKind.Bytes => new TreeMap { ["type"] = "string", ["format"] = "byte" },
        ValueKind.Any when field.Any == AnyForm.Strings => new TreeMap { ["type"] = "array", ["items"] = new TreeMap { ["type"] = "string" } },
        _ => new TreeMap { ["type"] = "string" },
    };

    private void List(OpenApiResource resource)
    {
        var type = resource.Type;
        var definition = new TreeMap { ["description"] = $"A list of {type.Kind} objects.", ["type"] = "object", ["required"] = Texts(["items"]) };
        _made.Add(resource.ListDefinition, definition);
        TreeMap Referred(string name, string description, TreeMap reference) => IsV3
            ? new TreeMap { ["description"] = description, ["allOf"] = new TreeList([reference]), ["default"] = new TreeMap() }
            : new TreeMap { ["description"] = description, ["$ref"] = Prefix + name };
        var item = Pointer(resource.Definition);
        definition.Add("properties", new TreeMap
        {
            ["apiVersion"] = new TreeMap { ["description"] = Common("apiVersion"), ["type"] = "string" },
            ["items"] = new TreeMap
            {
                ["description"] = "The objects.",
                ["type"] = "array",
                ["items"] = IsV3 && resource.Schema is null ? new TreeMap { ["allOf"] = new TreeList([item]), ["default"] = new TreeMap() } : item,
            },
            ["kind"] = new TreeMap { ["description"] = Common("kind"), ["type"] = "string" },
            ["metadata"] = Referred(ListMeta, "About the list itself.", Reference(ListMeta)),
        });
        definition.Add("x-kubernetes-group-version-kind", Named([(type.Group, type.Version, type.ListKind)]));
    }

    private TreeMap Custom(OpenApiResource resource)
    {
        var (type, schema) = (resource.Type, resource.Schema!());
        var definition = (IsV3 ? schema : CustomSchemas.ForV2(schema)).ShallowCopy(2);
        definition["type"] ??= "object";
        if (definition.Map("properties") is { } given)
        {
            var properties = given.ShallowCopy(3);
            properties["apiVersion"] = new TreeMap { ["description"] = Common("apiVersion"), ["type"] = "string" };
            properties["kind"] = new TreeMap { ["description"] = Common("kind"), ["type"] = "string" };
            var metadata = Pointer(ObjectMeta);
            properties["metadata"] = IsV3
                ? new TreeMap { ["description"] = Common("metadata"), ["allOf"] = new TreeList([metadata]) }
                : new TreeMap { ["description"] = Common("metadata"), ["$ref"] = Prefix + ObjectMeta };
            definition["properties"] = properties;
        }
        definition["x-kubernetes-group-version-kind"] = Named([(type.Group, type.Version, type.Kind)]);
        if (resource.SelectableFields.Count > 0)
        {
            definition["x-kubernetes-selectable-fields"] = new TreeList([.. resource.SelectableFields.Select(f => (Tree)new TreeMap { ["fieldPath"] = f })]);
        }

        return definition;
    }

    private static string Common(string name) => name switch
    {
        "apiVersion" => "The group and version that define this form of the object.",
        "kind" => "The type of the object, in CamelCase.",
        "metadata" => "Name, labels and other facts that every object has.",
        "spec" => "What is wanted.",
        "status" => "What was last seen; written by the system.",
        _ => "",
    };

    private static TreeList Texts(IEnumerable<string> texts) => new(texts.Select(t => (Tree)t));

    private static TreeList Named(IEnumerable<(string Group, string Version, string Kind)> kinds) =>
        new(kinds.Select(k => new TreeMap { ["group"] = k.Group, ["kind"] = k.Kind, ["version"] = k.Version }));

    private static TreeList Union(string discriminator, string[] members)
    {
        var fields = new TreeMap();
        foreach (var member in members)
        {
            fields.Add(member, char.ToUpperInvariant(member[0]) + member[1..]);
        }
        return new TreeList([new TreeMap { ["discriminator"] = discriminator, ["fields-to-discriminateBy"] = fields }]);
    }
}
