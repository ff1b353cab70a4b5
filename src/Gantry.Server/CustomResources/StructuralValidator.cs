using System.Globalization;
using System.Text.RegularExpressions;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>
/// Checks values against a schema, with the words of the API and in its order: the type, combined schemas, the rules of the value's kind, the enumeration,
/// and what it holds. A value of the wrong type is checked further, as far as the rules are about values of its kind.
/// </summary>
public sealed class StructuralValidator
{
    private readonly string _root;
    private readonly List<FieldError> _errors = [];

    // How far a value fits: of several schemas of which none does, the one that it fits best tells what is wrong.
    private int _matches;

    private StructuralValidator(string root) => _root = root;

    /// <summary>Every broken rule of a value.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="value">A whole object, or a part of it.</param>
    /// <param name="root">Where the part is in the object; messages name what is inside the part as if that were the whole.</param>
    /// <param name="beside">The old value beside it: what has not changed is not refused.</param>
    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, Tree value, string root = "", Correlation? beside = null)
    {
        var run = new StructuralValidator(root);
        run.Value(schema, value, "", beside);
        return run._errors;
    }

    private void Value(StructuralSchema schema, Tree value, string path, Correlation? beside)
    {
        var before = _errors.Count;
        One(schema, value, path, beside);
        if (_errors.Count > before && beside?.IsSame == true)
        {
            _errors.RemoveRange(before, _errors.Count - before);
        }
    }

    private void One(StructuralSchema schema, Tree value, string path, Correlation? beside)
    {
        var rules = schema.Rules;
        Type(schema, value, path);
        if (value is TreeNull)
        {
            Enumerated(rules, value, path);
            return;
        }

        if (rules is not null)
        {
            Combined(rules, value, path);
        }

        _matches += 2;
        switch (value)
        {
            case TreeString text:
                Text(rules, text.Value, path);
                break;
            case TreeInteger or TreeFloat:
                Number(schema, value, path);
                break;
            case TreeList list:
                List(schema, list, path, beside);
                break;
        }

        _matches++;
        Enumerated(rules, value, path);
        if (value is TreeMap map)
        {
            _matches++;
            Map(schema, map, path, beside);
        }

        _matches++;
    }

    private void Type(StructuralSchema schema, Tree value, string path)
    {
        if (schema.Type.Length == 0 && !schema.IntOrString)
        {
            return;
        }

        var wanted = schema.IntOrString ? "integer,string" : schema.Type;
        _matches += value is TreeNull ? 0 : 1;
        if (value is TreeNull ? schema.Nullable : HasType(schema, value))
        {
            _matches++;
            return;
        }

        var found = value switch
        {
            TreeNull => "null",
            TreeInteger => "integer",
            TreeBool => "boolean",
            _ => value.KindName,
        };
        Add(FieldErrorType.TypeInvalid, path, Quote(found), $"{path} in body must be of type {wanted}: {Quote(found)}");
    }

    private static bool HasType(StructuralSchema schema, Tree value)
    {
        if (schema.IntOrString)
        {
            return value is TreeInteger or TreeString || IsWhole(value);
        }

        // A format says what a text must be, so that lists and texts of any other type than a number are not asked for their type.
        return value is TreeString or TreeList && schema.Rules?.Format.Length > 0 && schema.Type is not ("number" or "integer") || schema.Type switch
        {
            "object" => value is TreeMap,
            "array" => value is TreeList,
            "string" => value is TreeString,
            "boolean" => value is TreeBool,
            "integer" => value is TreeInteger || IsWhole(value),
            "number" => value is TreeInteger or TreeFloat,
            _ => false,
        };
    }

    private static bool IsWhole(Tree value) => value is TreeFloat real && NumberRules.IsWhole(real.Value);

    private void Combined(ValueRules rules, Tree value, string path)
    {
        if (rules.AnyOf.Count > 0)
        {
            Alternatives(rules.AnyOf, value, path, one: false);
        }

        if (rules.OneOf.Count > 0)
        {
            Alternatives(rules.OneOf, value, path, one: true);
        }

        if (rules.AllOf.Count > 0)
        {
            var fitting = 0;
            foreach (var schema in rules.AllOf)
            {
                var run = Try(schema, value, path);
                fitting += run._errors.Count == 0 ? 1 : 0;
                Merge(run);
            }

            if (fitting < rules.AllOf.Count)
            {
                Whole($"{Quote(path)} must validate all the schemas (allOf){(fitting == 0 ? ". None validated" : "")}");
            }
        }

        if (rules.Not is { } not && Try(not, value, path)._errors.Count == 0)
        {
            Whole($"{Quote(path)} must not validate the schema (not)");
        }
    }

    private void Alternatives(IReadOnlyList<StructuralSchema> schemas, Tree value, string path, bool one)
    {
        StructuralValidator? best = null;
        StructuralValidator? first = null;
        var fitting = 0;
        foreach (var schema in schemas)
        {
            var run = Try(schema, value, path);
            if (run._errors.Count == 0)
            {
                fitting++;
                first ??= run;
                if (!one)
                {
                    break;
                }
            }
            else if (fitting == 0 && (best is null || run._matches > best._matches))
            {
                best = run;
            }
        }

        if (fitting == 0)
        {
            Whole(one ? $"{Quote(path)} must validate one and only one schema (oneOf). Found none valid" : $"{Quote(path)} must validate at least one schema (anyOf)");
            Merge(best!);
        }
        else if (one && fitting > 1)
        {
            Whole(string.Create(CultureInfo.InvariantCulture, $"{Quote(path)} must validate one and only one schema (oneOf). Found {fitting} valid alternatives"));
        }
        else
        {
            Merge(first!);
        }
    }

    private StructuralValidator Try(StructuralSchema schema, Tree value, string path)
    {
        var run = new StructuralValidator(_root);
        run.Value(schema, value, path, null);
        return run;
    }

    private void Merge(StructuralValidator other)
    {
        _matches += other._matches;
        other._errors.ForEach(Add);
    }

    private void Text(ValueRules? rules, string text, string path)
    {
        _matches++;
        if (rules is null)
        {
            return;
        }

        var length = rules.MaxLength is null && rules.MinLength is null ? 0 : text.EnumerateRunes().Count();
        if (rules.MaxLength is { } most && length > most)
        {
            Add(FieldError.TooLong(Where(path), (int)Math.Min(most, int.MaxValue)));
        }
        else if (rules.MinLength is { } least && length < least)
        {
            Invalid(path, text, string.Create(CultureInfo.InvariantCulture, $"{path} in body should be at least {least} chars long"));
        }
        else if (rules.Pattern is { } pattern && !Matches(pattern, text))
        {
            Invalid(path, text, $"{path} in body should match '{rules.PatternText}'");
        }

        if (rules.Format.Length > 0)
        {
            _matches++;
            if (!TextFormats.Fits(rules.Format, text))
            {
                Add(FieldErrorType.TypeInvalid, path, Quote(text), $"{path} in body must be of type {rules.Format}: {Quote(text)}");
            }
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
            // A text that keeps the server busy is refused like one that does not match.
            return false;
        }
    }

    private void Number(StructuralSchema schema, Tree value, string path)
    {
        _matches += 2;
        if (schema.Rules is { } rules)
        {
            NumberRules.Check(rules, value, path, (shown, detail) => Add(FieldErrorType.Invalid, path, shown, detail));
        }
    }

    private void List(StructuralSchema schema, TreeList list, string path, Correlation? beside)
    {
        _matches += 2;
        if (schema.Items is { } items)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Value(items, list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), beside?.Index(i));
            }
        }

        if (schema.Rules is not { } rules)
        {
            return;
        }

        if (rules.MinItems is { } least && list.Count < least)
        {
            Add(FieldErrorType.Invalid, path, Count(list.Count), string.Create(CultureInfo.InvariantCulture, $"{path} in body should have at least {least} items"));
        }

        if (rules.MaxItems is { } most && list.Count > most)
        {
            Add(FieldError.TooMany(Where(path), list.Count, (int)most));
        }

        if (rules.UniqueItems && list.Distinct().Count() < list.Count)
        {
            Add(FieldErrorType.Invalid, path, "\"\"", $"{path} in body shouldn't contain duplicates");
        }
    }

    private void Map(StructuralSchema schema, TreeMap map, string path, Correlation? beside)
    {
        var rules = schema.Rules;
        if (rules?.MinProperties is { } least && map.Count < least)
        {
            Add(FieldErrorType.Invalid, path, Count(map.Count), string.Create(CultureInfo.InvariantCulture, $"{path} in body should have at least {least} properties"));
            return;
        }

        if (rules?.MaxProperties is { } most && map.Count > most)
        {
            Add(FieldError.TooMany(Where(path), map.Count, (int)most));
            return;
        }

        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (schema.Properties.GetValueOrDefault(key) is { } described)
            {
                Value(described, map.ValueAt(i), path.Length == 0 ? key : path + "." + key, beside?.Key(key));
            }
            else if (schema.ForbidsAdditional)
            {
                Add(FieldErrorType.Invalid, path, Quote(key), $"{path}.{key} in body is a forbidden property");
            }
            else if (schema.Additional is { } other)
            {
                Value(other, map.ValueAt(i), path + "." + key, beside?.Key(key));
            }
        }

        foreach (var key in rules?.Required ?? [])
        {
            if (!map.Contains(key) && schema.Properties.GetValueOrDefault(key)?.Default is null)
            {
                Add(FieldError.Required(Where(path + "." + key), ""));
            }
        }
    }

    private void Enumerated(ValueRules? rules, Tree value, string path)
    {
        if (rules?.Enum is { Count: > 0 } allowed && (value is TreeNull || !allowed.Contains(value)))
        {
            var shown = allowed.Select(a => a is TreeString text ? text.Value : TreeJson.WriteText(a));
            Add(FieldError.NotSupported(Where(path), null, shown) with { Value = GoSyntax.Value(value) });
        }
    }

    private void Invalid(string path, string text, string detail) => Add(FieldErrorType.Invalid, path, Quote(text), detail);

    // Of combined schemas only the whole is told of.
    private void Whole(string detail) => Add(new FieldError(FieldErrorType.Invalid, _root.Length == 0 ? "<nil>" : _root, "\"\"", detail));

    private void Add(FieldErrorType type, string path, string value, string detail) => Add(new FieldError(type, Where(path), value, detail));

    private void Add(FieldError error)
    {
        if (!_errors.Contains(error))
        {
            _errors.Add(error);
        }
    }

    private string Where(string path)
    {
        path = path.StartsWith('.') ? path[1..] : path;
        return path.Length == 0 ? (_root.Length == 0 ? "<nil>" : _root) : _root.Length == 0 ? path : _root + "." + path;
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string text) => Authorization.GoText.Quote(text);
}
