using Gantry.Api.Trees;
using Gantry.Server.CustomResources;
using Gantry.Server.CustomResources.Expressions;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Defaults of a schema must fit the schema, and hold nothing that it does not describe.</summary>
internal static class DefaultRules
{
    /// <summary>Checks every default of a structural schema.</summary>
    public static void Check(FieldErrors errors, StructuralSchema schema, FieldPath at) => Walk(errors, schema, at, isObject: true, surrounding: null);

    // The surrounding puts a value of metadata, apiVersion or kind into a whole object; null where the value is not inside of one of these.
    private static void Walk(FieldErrors errors, StructuralSchema schema, FieldPath at, bool isObject, Func<Tree, TreeMap>? surrounding)
    {
        isObject |= schema.IsEmbedded;
        surrounding = isObject ? null : surrounding;
        if (schema.Default is { } value)
        {
            Default(errors, schema, value, at.Child("default"), isObject, surrounding);
        }

        if (schema.Items is { } items)
        {
            Walk(errors, items, at.Child("items"), isObject: false, surrounding is null ? null : v => surrounding(new TreeList([v])));
        }

        foreach (var (name, member) in schema.Properties)
        {
            var inside = isObject && name is "metadata" or "apiVersion" or "kind"
                ? v => Object(name, v)
                : surrounding is null ? (Func<Tree, TreeMap>?)null : v => surrounding(new TreeMap { [name] = v });
            Walk(errors, member, at.Child("properties").Key(name), isObject: false, inside);
        }
    }

    private static TreeMap Object(string name, Tree value)
    {
        var whole = new TreeMap { ["apiVersion"] = "validation/v1", ["kind"] = "Validation" };
        whole[name] = value;
        return whole;
    }

    private static void Default(FieldErrors errors, StructuralSchema schema, Tree value, FieldPath at, bool isObject, Func<Tree, TreeMap>? surrounding)
    {
        var found = new List<FieldError>();
        if (surrounding is not null)
        {
            EmbeddedObjects.Check(surrounding(value.DeepClone()), "", found);
            if (found.Count > 0)
            {
                var all = found.Count == 1 ? found[0].ToString() : "[" + string.Join(", ", found) + "]";
                errors.InvalidDump(at, GoSyntax.Value(value), "must result in valid metadata: " + all);
                return;
            }
        }
        else
        {
            var pruned = value.DeepClone();
            StructuralFields.Prune(schema, pruned, isObject, null);
            if (!pruned.Equals(value))
            {
                errors.InvalidDump(at, GoSyntax.Value(value), "must not have unknown fields");
            }

            if (isObject && !schema.IsEmbedded && value is TreeMap whole)
            {
                EmbeddedObjects.Check(whole, at.ToString(), found);
            }

            found.AddRange(EmbeddedObjects.CheckDefault(schema, value, at.ToString()));
        }

        IReadOnlyList<FieldError> wrong = found.Count > 0 ? found : StructuralValidator.Check(schema, value, at.ToString());
        if (wrong.Count == 0 && RuleNode.Of(schema, isObject) is { } rules)
        {
            wrong = RuleRun.CheckDefault(rules, value, at.ToString());
        }

        foreach (var error in wrong)
        {
            errors.Add(error);
        }
    }
}
