using System.Globalization;
using System.Text.RegularExpressions;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>Checks values against a schema, with the words of the API.</summary>
internal sealed class StructuralValidator
{
    private readonly List<FieldError> _errors = [];

    /// <summary>Every broken rule of a custom resource.</summary>
    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, TreeMap root)
    {
        var run = new StructuralValidator();
        run.Map(schema, root, "", isObject: true);
        run.Combined(schema, root, "");
        return run._errors;
    }

    private void Value(StructuralSchema schema, Tree value, string path)
    {
        if (value is TreeNull && schema.Nullable)
        {
            return;
        }

        if (!HasType(schema, value))
        {
            var wanted = schema.IntOrString ? "integer,string" : schema.Type;
            Add(FieldErrorType.TypeInvalid, path, Quote(NameOf(value)), $"{path} in body must be of type {wanted}: {Quote(NameOf(value))}");
            return;
        }

        if (schema.Enum is { } allowed && !allowed.Contains(value))
        {
            _errors.Add(FieldError.NotSupported(path, Plain(value), allowed.Select(a => Plain(a)?.ToString() ?? "null")));
        }

        switch (value)
        {
            case TreeString text:
                Text(schema, text.Value, path);
                break;
            case TreeInteger or TreeFloat:
                Number(schema, value, path);
                break;
            case TreeList list:
                List(schema, list, path);
                break;
            case TreeMap map:
                Map(schema, map, path, schema.IsEmbedded);
                break;
        }

        Combined(schema, value, path);
    }

    private void Map(StructuralSchema schema, TreeMap map, string path, bool isObject)
    {
        foreach (var key in schema.Required)
        {
            if (!map.Contains(key))
            {
                _errors.Add(FieldError.Required(Join(path, key), ""));
            }
        }

        if (schema.MinProperties is { } least && map.Count < least)
        {
            Invalid(path, map, $"{Body(path)} in body should have at least {least} properties");
        }

        if (schema.MaxProperties is { } most && map.Count > most)
        {
            _errors.Add(FieldError.TooMany(path, map.Count, (int)most));
        }

        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (isObject && key is "apiVersion" or "kind" or "metadata")
            {
                continue;
            }

            if ((schema.Properties.GetValueOrDefault(key) ?? schema.Additional) is { } child)
            {
                Value(child, map.ValueAt(i), schema.Properties.ContainsKey(key) ? Join(path, key) : Join(path, key));
            }
        }
    }

    private void List(StructuralSchema schema, TreeList list, string path)
    {
        if (schema.MinItems is { } least && list.Count < least)
        {
            Invalid(path, list.Count, $"{path} in body should have at least {least} items");
        }

        if (schema.MaxItems is { } most && list.Count > most)
        {
            _errors.Add(FieldError.TooMany(path, list.Count, (int)most));
        }

        if (schema.UniqueItems && list.Distinct().Count() < list.Count)
        {
            Invalid(path, list, $"{path} in body shouldn't contain duplicates");
        }

        var seen = new HashSet<Tree>();
        for (var i = 0; i < list.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            var identity = schema.ListType switch
            {
                "set" => list[i],
                "map" when list[i] is TreeMap item => new TreeList(schema.ListKeys.Select(k => item[k] ?? TreeNull.Instance)),
                _ => null,
            };
            if (identity is not null && !seen.Add(identity))
            {
                _errors.Add(new FieldError(FieldErrorType.Duplicate, at, TreeJson.WriteText(list[i]), ""));
            }

            if (schema.Items is { } items)
            {
                Value(items, list[i], at);
            }
        }
    }

    private void Text(StructuralSchema schema, string text, string path)
    {
        var length = text.EnumerateRunes().Count();
        if (schema.MinLength is { } least && length < least)
        {
            Invalid(path, text, $"{path} in body should be at least {least} chars long");
        }

        if (schema.MaxLength is { } most && length > most)
        {
            _errors.Add(FieldError.TooLong(path, (int)most));
        }

        if (schema.Pattern is { } pattern && !Matches(pattern, text))
        {
            Invalid(path, text, $"{path} in body should match '{schema.PatternText}'");
        }

        if (!TextFormats.Fits(schema.Format, text))
        {
            Invalid(path, text, $"{path} in body must be of type {schema.Format}: {Quote(text)}");
        }
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private void Number(StructuralSchema schema, Tree value, string path)
    {
        var number = value is TreeInteger integer ? integer.Value : ((TreeFloat)value).Value;
        static string Show(double bound) => bound.ToString("R", CultureInfo.InvariantCulture);
        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
        {
            Invalid(path, value, $"{path} in body should be greater than {(schema.ExclusiveMinimum ? "" : "or equal to ")}{Show(least)}");
        }

        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
        {
            Invalid(path, value, $"{path} in body should be less than {(schema.ExclusiveMaximum ? "" : "or equal to ")}{Show(most)}");
        }

        if (schema.MultipleOf is { } unit && unit > 0 && Math.Abs(Math.IEEERemainder(number, unit)) > 1e-9)
        {
            Invalid(path, value, $"{path} in body should be a multiple of {Show(unit)}");
        }
    }

    private void Combined(StructuralSchema schema, Tree value, string path)
    {
        if (schema.AllOf.Any(s => !Fits(s, value, path)))
        {
            Invalid(path, value, $"{Quote(path)} must validate all the schemas (allOf)");
        }

        if (schema.AnyOf.Count > 0 && !schema.AnyOf.Any(s => Fits(s, value, path)))
        {
            Invalid(path, value, $"{Quote(path)} must validate at least one schema (anyOf)");
        }

        if (schema.OneOf.Count > 0 && schema.OneOf.Count(s => Fits(s, value, path)) is not 1 and var count)
        {
            Invalid(path, value, $"{Quote(path)} must validate one and only one schema (oneOf). {(count == 0 ? "Found none valid" : $"Found {count} valid alternatives")}");
        }

        if (schema.Not is { } not && Fits(not, value, path))
        {
            Invalid(path, value, $"{Quote(path)} must not validate the schema (not)");
        }
    }

    private static bool Fits(StructuralSchema schema, Tree value, string path)
    {
        var run = new StructuralValidator();
        run.Value(schema, value, path);
        return run._errors.Count == 0;
    }

    private static bool HasType(StructuralSchema schema, Tree value) => schema.IntOrString ? value is TreeInteger or TreeString : schema.Type switch
    {
        "" => true,
        "object" => value is TreeMap,
        "array" => value is TreeList,
        "string" => value is TreeString,
        "boolean" => value is TreeBool,
        "integer" => value is TreeInteger || (value is TreeFloat real && Math.Floor(real.Value).Equals(real.Value)),
        "number" => value is TreeInteger or TreeFloat,
        _ => true,
    };

    private static string NameOf(Tree value) => value switch
    {
        TreeInteger => "integer",
        TreeFloat => "number",
        TreeBool => "boolean",
        _ => value.KindName,
    };

    private void Invalid(string path, object value, string detail) => Add(FieldErrorType.Invalid, path, value switch
    {
        string text => Quote(text),
        TreeString text => Quote(text.Value),
        Tree tree => TreeJson.WriteText(tree),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    }, detail);

    private void Add(FieldErrorType type, string path, string value, string detail) =>
        _errors.Add(new FieldError(type, path.Length == 0 ? "<nil>" : path, value, detail));

    private static object? Plain(Tree value) => value switch
    {
        TreeString text => text.Value,
        TreeInteger integer => integer.Value,
        TreeFloat real => real.Value,
        TreeBool flag => flag.Value,
        _ => TreeJson.WriteText(value),
    };

    private static string Quote(string text) => Authorization.GoText.Quote(text);

    private static string Body(string path) => path.Length == 0 ? "" : path;

    private static string Join(string path, string key) => path.Length == 0 ? key : path + "." + key;
}
