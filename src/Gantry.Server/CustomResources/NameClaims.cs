using Gantry.Api.Models;

namespace Gantry.Server.CustomResources;

/// <summary>The names that definitions of one group have: of resources (plural, singular, short) and of kinds.</summary>
internal sealed class NameClaims
{
    private readonly HashSet<string> _resources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kinds = new(StringComparer.Ordinal);

    /// <summary>Takes names that are in use.</summary>
    public NameClaims Add(V1CustomResourceDefinitionNames names)
    {
        _resources.Add(names.Plural);
        _resources.Add(names.Singular);
        _resources.UnionWith(names.ShortNames);
        _kinds.Add(names.Kind);
        _kinds.Add(names.ListKind);
        return this;
    }

    /// <summary>Compares the names that a definition wants with those that it has and those that others have.</summary>
    /// <param name="wanted">The names in its spec.</param>
    /// <param name="had">The names it has been given before; empty at first.</param>
    /// <returns>The names it is given now, and the last conflict among the others, or none.</returns>
    public (V1CustomResourceDefinitionNames Given, string Reason, string Message) Decide(V1CustomResourceDefinitionNames wanted, V1CustomResourceDefinitionNames had)
    {
        var (reason, message) = ("NoConflicts", "no conflicts found");
        string Take(string name, string before, HashSet<string> used, string conflict)
        {
            if (name == before || !used.Contains(name))
            {
                return name;
            }

            (reason, message) = (conflict, $"\"{name}\" is already in use");
            return before;
        }

        var given = had with { Categories = wanted.Categories };
        given = given with { Plural = Take(wanted.Plural, had.Plural, _resources, "PluralConflict") };
        given = given with { Singular = Take(wanted.Singular, had.Singular, _resources, "SingularConflict") };
        var taken = wanted.ShortNames.Where(s => !had.ShortNames.Contains(s, StringComparer.Ordinal) && _resources.Contains(s)).ToList();
        if (taken.Count == 0)
        {
            given = given with { ShortNames = wanted.ShortNames };
        }
        else
        {
            var words = taken.ConvertAll(s => $"\"{s}\" is already in use");
            (reason, message) = ("ShortNamesConflict", words.Count == 1 ? words[0] : "[" + string.Join(", ", words) + "]");
        }

        given = given with { Kind = Take(wanted.Kind, had.Kind, _kinds, "KindConflict") };
        given = given with { ListKind = Take(wanted.ListKind, had.ListKind, _kinds, "ListKindConflict") };
        return (given, reason, message);
    }
}
