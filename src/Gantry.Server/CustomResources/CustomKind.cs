using Gantry.Api.Apply;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.CustomResources.Paths;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>One version of a custom resource: what it is called, and what its schema says about its objects.</summary>
public sealed class CustomKind
{
    // As other servers list them.
    private static readonly string[] AllVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] LastVerbs = ["delete", "deletecollection", "get", "list", "watch"];

    private readonly IReadOnlyList<PrinterColumn> _columns;

    private readonly bool _hasSchema;
    private readonly WeakReference<CustomForm?> _form = new(null);

    private CustomKind(ResourceType type, bool hasSchema, IReadOnlyList<PrinterColumn> columns, CustomScale? scale)
    {
        Scale = scale;
        Type = type;
        _hasSchema = hasSchema;
        _columns = columns;
    }

    public ResourceType Type { get; }

    /// <summary>The OpenAPI schema as the definition states it, read anew; null where it states none.</summary>
    public TreeMap? Source => !_hasSchema ? null : ((TreeMap)TreeJson.Parse(Family.Definition)).Map("spec")!.List("versions")!.OfType<TreeMap>()
        .FirstOrDefault(v => v.Text("name") == Type.Version)?.Map("schema")?.Map("openAPIV3Schema");

    /// <summary>The same in the form that objects are checked with.</summary>
    internal StructuralSchema? Schema => _hasSchema ? Form.Schema : null;

    /// <summary>Where the numbers of its scale subresource are; null where it has none.</summary>
    internal CustomScale? Scale { get; }

    /// <summary>The fields that selectors may name besides those of every kind, as selectors write them: <c>spec.color</c>.</summary>
    internal IReadOnlyList<string> SelectableFields { get; private init; } = [];

    /// <summary>What whoever uses this version is warned of; null for nothing.</summary>
    internal string? Deprecation { get; set; }

    /// <summary>How applies merge its objects.</summary>
    public ManagedType Managed => Form.Managed;

    // Most kinds are defined long before anyone writes an object of theirs.
    private CustomForm Form
    {
        get
        {
            if (_form.TryGetTarget(out var known))
            {
                known.IsUsed = true;
                return known;
            }

            var made = new CustomForm(this);
            _form.SetTarget(made);
            Family.Forms.Keep(made);
            return made;
        }
    }

    /// <summary>What discovery says can be done with its objects: of one that is on its way out nothing new is made.</summary>
    internal IReadOnlyList<string> Verbs => Family.IsTerminating ? LastVerbs : AllVerbs;

    /// <summary>All versions of the definition.</summary>
    internal CustomFamily Family { get; private init; } = null!;

    /// <summary>Whether objects are kept in this version.</summary>
    internal bool IsStorage => ReferenceEquals(Family.Storage, this);

    /// <summary>Reads one version of a definition.</summary>
    /// <param name="version">The version's part of it.</param>
    /// <param name="family">What all versions share; gets the version.</param>
    internal static CustomKind Of(TreeMap version, CustomFamily family)
    {
        var names = family.Names;
        var columns = PrinterColumn.Of(version);
        var subresources = new List<Subresource>();
        CustomScale? scale = null;
        if (version.Map("subresources") is { } subs)
        {
            if (subs["status"] is TreeMap)
            {
                subresources.Add(new Subresource("status", names.Kind, null, null, ["get", "patch", "update"]));
            }

            if (subs.Map("scale") is { } found)
            {
                scale = CustomScale.Of(found);
                subresources.Add(new Subresource("scale", "Scale", "autoscaling", "v1", ["get", "patch", "update"]));
            }
        }

        var (group, name, kind) = (family.Group, version.Text("name")!, names.Kind);
        var schema = Described(name, kind);
        var type = new ResourceType(group, name, kind, names.Plural, family.Namespaced, () => schema)
        {
            Singular = names.Singular,
            ListKind = names.ListKind,
            ShortNames = names.ShortNames,
            Categories = names.Categories,
            Verbs = AllVerbs,
            Subresources = subresources,
            Columns = [.. columns.Select(c => c.Column)],
        };
        var made = new CustomKind(type, version.Map("schema")?.Map("openAPIV3Schema") is not null, columns, scale)
        {
            Family = family,
            SelectableFields = [.. version.Items("selectableFields").Select(f => (f.Text("jsonPath") ?? "").TrimStart('.'))],
        };
        family.Add(made, version["storage"] is TreeBool { Value: true });
        return made;
    }

    /// <summary>Drops what the schema does not know, and brings the metadata of embedded objects into form.</summary>
    /// <param name="value">The caller's own; changed.</param>
    /// <param name="dropped">Takes the path of each dropped field, in the order in which the API tells of them.</param>
    /// <returns>Metadata of an embedded object that cannot be read, or null.</returns>
    internal FieldError? Prune(TreeMap value, List<string> dropped)
    {
        if (Schema is not { } schema)
        {
            return null;
        }

        StructuralFields.Prune(schema, value, isObject: true, dropped);
        dropped.Sort(StringComparer.Ordinal);
        return EmbeddedObjects.Coerce(schema, value, dropped, lenient: false);
    }

    /// <summary>Fills in the schema's defaults, after pruning. The tree is the caller's own.</summary>
    public void Complete(TreeMap value)
    {
        if (Schema is { } schema)
        {
            StructuralFields.Prune(schema, value, isObject: true, null);
            StructuralFields.Default(schema, value);
            EmbeddedObjects.Coerce(schema, value, null, lenient: true);
        }
    }

    /// <summary>Drops what the schema does not know from an object that comes from another version. The tree is the caller's own.</summary>
    internal void Trim(TreeMap value)
    {
        if (Schema is { } schema)
        {
            StructuralFields.Prune(schema, value, isObject: true, null);
            EmbeddedObjects.Coerce(schema, value, null, lenient: true);
        }
    }

    /// <summary>Every rule of the definition that the object breaks.</summary>
    /// <param name="value">The object as it is to be stored.</param>
    /// <param name="old">The stored object; null when it is new.</param>
    /// <param name="subresource">What is written; empty for the object itself. Of a status only the status is checked, but for expressions.</param>
    /// <param name="warn">Takes what is wrong but stays as it was.</param>
    internal IReadOnlyList<FieldError> Check(TreeMap value, TreeMap? old, string subresource, Action<string> warn)
    {
        var errors = new List<FieldError>();
        if (subresource != "status")
        {
            errors.AddRange(Schema is null ? [] : Broken(Schema, value, old, ""));
        }
        else if (value["status"] is { } status && Schema?.Properties.GetValueOrDefault("status") is { } part)
        {
            errors.AddRange(Broken(part, status, old?["status"], "status"));
        }

        Scale?.Check(value, subresource != "status", errors);
        if (Schema is not { } schema)
        {
            return errors;
        }

        errors.AddRange(subresource == "status" ? [] : EmbeddedObjects.Check(schema, value));
        // What was there twice before may stay so.
        if (UniqueItems.Check(schema, value) is { Count: > 0 } twice && (old is null || UniqueItems.Check(schema, old).Count == 0))
        {
            errors.AddRange(twice);
        }

        if (Form.Rules is { } rules)
        {
            errors.AddRange(errors.Exists(Hinders) ? [Unchecked] : RuleRun.Check(rules, value, old, warn));
        }

        return errors;
    }

    // What has not changed only matters where something is wrong.
    private static IReadOnlyList<FieldError> Broken(StructuralSchema schema, Tree value, Tree? old, string root)
    {
        var errors = StructuralValidator.Check(schema, value, root);
        return errors.Count == 0 || old is null ? errors : StructuralValidator.Check(schema, value, root, new Correlation(value, old, schema));
    }

    // Expressions count on values of the right types and sizes.
    private static bool Hinders(FieldError error) => error.Type is FieldErrorType.NotSupported or FieldErrorType.Required or FieldErrorType.TooLong or FieldErrorType.TooMany
        or FieldErrorType.TypeInvalid;

    private static FieldError Unchecked { get; } = FieldError.Invalid(
        "<nil>", "null", "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");

    /// <summary>The cells of the object's row in a table.</summary>
    public IReadOnlyList<Tree> Cells(CustomObject value, DateTimeOffset now) => [.. _columns.Select(c => c.Cell(value.Content, now))];

    // Only what every object has is described to the decoder; the rest is the structural schema's.
    private static TypeSchema Described(string version, string kind) => new(
        version + "." + kind, version + "." + kind,
        [
            new FieldSchema("kind", ValueKind.String),
            new FieldSchema("apiVersion", ValueKind.String),
            new FieldSchema("metadata", ValueKind.Object, static () => ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")!) { Presence = Presence.Always },
        ])
    {
        PreservesUnknown = true,
    };
}
