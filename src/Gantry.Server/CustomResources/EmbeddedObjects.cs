using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Schemas.Generated;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;
using Gantry.Server.Validation;

namespace Gantry.Server.CustomResources;

/// <summary>Whole objects inside of custom resources (<c>x-kubernetes-embedded-resource</c>): what their apiVersion, kind and metadata must be.</summary>
internal static class EmbeddedObjects
{
    private static readonly TypeSchema MetadataType = ApiTypes.Find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")!;

    /// <summary>Gives the metadata of embedded objects the form of the API, without what metadata does not have.</summary>
    /// <param name="schema">The schema of the root, whose own metadata is left alone.</param>
    /// <param name="root">The caller's own; changed.</param>
    /// <param name="dropped">Takes the path of each dropped field; null where nobody asks.</param>
    /// <param name="lenient">Drops what cannot be read, as for objects that are stored already.</param>
    /// <returns>The first that cannot be read, or null.</returns>
    public static FieldError? Coerce(StructuralSchema schema, TreeMap root, List<string>? dropped, bool lenient) =>
        schema.HoldsEmbedded ? Walk(schema, root, "", isRoot: true, (map, path) => Coerce(map, path, dropped, lenient)) : null;

    /// <summary>Every rule that embedded objects break.</summary>
    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, TreeMap root)
    {
        if (!schema.HoldsEmbedded)
        {
            return [];
        }

        var errors = new List<FieldError>();
        Walk(schema, root, "", isRoot: true, (map, path) =>
        {
            Check(map, path, errors);
            return null;
        });
        return errors;
    }

    /// <summary>What a default breaks where it is or holds an embedded object: the first that cannot be read, else everything.</summary>
    /// <param name="schema">The default's own.</param>
    /// <param name="value">The default; not changed.</param>
    /// <param name="path">Where it is.</param>
    public static IReadOnlyList<FieldError> CheckDefault(StructuralSchema schema, Tree value, string path)
    {
        if (!schema.HoldsEmbedded)
        {
            return [];
        }

        if (Walk(schema, value.DeepClone(), path, isRoot: false, static (map, at) => Coerce(map, at, null, lenient: false)) is { } unreadable)
        {
            return [unreadable];
        }

        var errors = new List<FieldError>();
        Walk(schema, value, path, isRoot: false, (map, at) =>
        {
            Check(map, at, errors);
            return null;
        });
        return errors;
    }

    /// <summary>What one embedded object breaks.</summary>
    public static void Check(TreeMap map, string path, List<FieldError> errors)
    {
        foreach (var key in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (!map.Contains(key))
            {
                errors.Add(FieldError.Required(Join(path, key), ""));
            }
        }

        for (var i = 0; i < map.Count; i++)
        {
            var (key, value) = (map.KeyAt(i), map.ValueAt(i));
            var at = Join(path, key);
            switch (key)
            {
                case "apiVersion" or "kind" when value is not TreeString:
                    errors.Add(FieldError.Invalid(at, null, "must be a string") with { Value = GoSyntax.Value(value) });
                    break;
                case "apiVersion" or "kind" when value is TreeString { Value.Length: 0 }:
                    errors.Add(FieldError.Invalid(at, "", "must not be empty"));
                    break;
                case "apiVersion" when ((TreeString)value).Value is var version && version.Count(c => c == '/') > 1:
                    errors.Add(FieldError.Invalid(at, version, "unexpected GroupVersion string: " + version));
                    break;
                case "kind" when ((TreeString)value).Value is var kind && Rules.Dns1035Label(kind.ToLowerInvariant()).ToList() is { Count: > 0 } wrong:
                    errors.Add(FieldError.Invalid(at, kind, "may have mixed case, but should otherwise match: " + string.Join(",", wrong)));
                    break;
                case "metadata":
                    Metadata(value, at, errors);
                    break;
            }
        }
    }

    private static void Metadata(Tree value, string path, List<FieldError> errors)
    {
        var (decoded, error) = Decode(value);
        if (decoded is null)
        {
            errors.Add(FieldError.Invalid(path, null, error!) with { Value = GoSyntax.Value(value) });
            return;
        }

        var metadata = ApiJson.Decode<V1ObjectMeta>(TreeJson.Write(decoded));
        metadata = metadata.Name.Length == 0 ? metadata with { Name = "fakename" } : metadata;
        var found = new FieldErrors();
        MetadataRules.Validate(found, metadata, metadata.Namespace.Length > 0, Rules.PathSegment, FieldPath.Root(path));
        errors.AddRange(found.List);
    }

    private static FieldError? Coerce(TreeMap map, string path, List<string>? dropped, bool lenient)
    {
        foreach (var key in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (map[key] is { } text and not TreeString)
            {
                if (!lenient)
                {
                    return FieldError.Invalid(Join(path, key), null, "must be a string") with { Value = GoSyntax.Value(text) };
                }

                map.Remove(key);
            }
        }

        if (map["metadata"] is not { } given)
        {
            return null;
        }

        var result = TreeDecoder.Decode(MetadataType, given, dropped is null ? FieldValidation.Ignore : FieldValidation.Warn);
        if (result.Object is not { } metadata)
        {
            if (!lenient)
            {
                return FieldError.Invalid(Join(path, "metadata"), null, result.Error!) with { Value = GoSyntax.Value(given) };
            }

            map.Remove("metadata");
            return null;
        }

        const string Unknown = "unknown field \"";
        dropped?.AddRange(result.Problems.Where(p => p.StartsWith(Unknown, StringComparison.Ordinal)).Select(p => Join(path, "metadata." + p[Unknown.Length..^1])));
        map["metadata"] = Canonical.Of(MetadataType, metadata);
        return null;
    }

    private static (TreeMap? Value, string? Error) Decode(Tree value)
    {
        var result = TreeDecoder.Decode(MetadataType, value, FieldValidation.Ignore);
        return (result.Object, result.Error);
    }

    private static FieldError? Walk(StructuralSchema schema, Tree value, string path, bool isRoot, Func<TreeMap, string, FieldError?> visit)
    {
        switch (value)
        {
            case TreeMap map:
                if (schema.IsEmbedded && !isRoot && visit(map, path) is { } refused)
                {
                    return refused;
                }

                for (var i = 0; i < map.Count; i++)
                {
                    var key = map.KeyAt(i);
                    var described = schema.Properties.GetValueOrDefault(key);
                    if ((described ?? schema.Additional) is { HoldsEmbedded: true } child
                        && Walk(child, map.ValueAt(i), described is null ? $"{path}[{key}]" : Join(path, key), false, visit) is { } below)
                    {
                        return below;
                    }
                }

                return null;
            case TreeList list when schema.Items is { HoldsEmbedded: true } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Walk(items, list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), false, visit) is { } below)
                    {
                        return below;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : path + "." + key;
}
