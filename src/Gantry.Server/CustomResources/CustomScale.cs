using Gantry.Api.Apply;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>Where custom resources keep what their scale subresource shows.</summary>
internal sealed class CustomScale
{
    private readonly string[] _wanted;
    private readonly string[] _actual;
    private readonly string[] _selector;

    private readonly (string Wanted, string Actual, string Selector) _paths;

    private CustomScale(string wanted, string actual, string selector)
    {
        _paths = (wanted, actual, selector);
        (_wanted, _actual, _selector) = (Split(wanted), Split(actual), Split(selector));
    }

    /// <summary>Reads the paths of a definition's version.</summary>
    public static CustomScale Of(TreeMap scale) =>
        new(scale.Text("specReplicasPath") ?? "", scale.Text("statusReplicasPath") ?? "", scale.Text("labelSelectorPath") ?? "");

    /// <summary>Where the wanted number stands, as field ownership has it.</summary>
    public FieldSet WantedField => field ??= FieldSet.Of(string.Join('.', _wanted));

    /// <summary>Where the wanted number stands, as the definition has it.</summary>
    public string WantedPath => _paths.Wanted;

    public int? Wanted(CustomObject value) => Number(Find(value.Content, _wanted));

    public int Actual(CustomObject value) => Number(Find(value.Content, _actual)) ?? 0;

    public string Selector(CustomObject value) => (Find(value.Content, _selector) as TreeString)?.Value ?? "";

    /// <summary>What is wrong with the numbers and the selector of an object.</summary>
    /// <param name="value">The object.</param>
    /// <param name="withWanted">Whether the wanted number counts; of a status only the actual one does.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public void Check(TreeMap value, bool withWanted, List<FieldError> errors)
    {
        if (withWanted)
        {
            Number(value, _wanted, _paths.Wanted, errors);
        }

        Number(value, _actual, _paths.Actual, errors);
        if (_selector.Length > 0 && Read(value, _selector, out var selector) is var problem && (problem ?? (selector is null or TreeString ? null : Unlike(_selector, selector, "string"))) is { } wrong)
        {
            errors.Add(FieldError.Invalid(_paths.Selector, "", wrong));
        }
    }

    /// <summary>Sets how many there should be. The tree is the caller's own.</summary>
    public void Put(TreeMap value, Tree? wanted)
    {
        var at = value;
        foreach (var part in _wanted.AsSpan()[..^1])
        {
            at = at.Made(part);
        }

        at[_wanted[^1]] = wanted;
    }

    private static void Number(TreeMap value, string[] path, string name, List<FieldError> errors)
    {
        var problem = Read(value, path, out var found) ?? (found is null or TreeInteger ? null : Unlike(path, found, "int64"));
        var number = problem is null && found is TreeInteger integer ? integer.Value : 0;
        problem ??= number < 0 ? "should be a non-negative integer" : number > int.MaxValue ? "should be less than or equal to 2147483647" : null;
        if (problem is not null)
        {
            errors.Add(FieldError.Invalid(name, number, problem));
        }
    }

    // What is in the way of a path, or null.
    private static string? Read(TreeMap root, string[] path, out Tree? found)
    {
        found = root;
        for (var i = 0; i < path.Length; i++)
        {
            if (found is TreeNull)
            {
                found = null;
                return null;
            }

            if (found is not TreeMap map)
            {
                return Unlike(path[..i], found!, "map[string]interface{}");
            }

            found = map[path[i]];
            if (found is null)
            {
                return null;
            }
        }

        return null;
    }

    private static string Unlike(string[] path, Tree? found, string wanted) =>
        $".{string.Join('.', path)} accessor error: {GoSyntax.Plain(found)} is of the type {GoSyntax.TypeOf(found)}, expected {wanted}";

    private static string[] Split(string path) => path.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static Tree? Find(Tree root, string[] path)
    {
        var at = path.Length == 0 ? null : root;
        foreach (var part in path)
        {
            at = (at as TreeMap)?[part];
        }

        return at;
    }

    private static int? Number(Tree? value) => value is TreeInteger { Value: >= int.MinValue and <= int.MaxValue } number ? (int)number.Value : null;
}
