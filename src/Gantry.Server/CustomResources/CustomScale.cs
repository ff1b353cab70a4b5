using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources;

/// <summary>Where custom resources keep what their scale subresource shows.</summary>
internal sealed class CustomScale
{
    private readonly string[] _wanted;
    private readonly string[] _actual;
    private readonly string[] _selector;

    private CustomScale(string wanted, string actual, string selector)
    {
        (_wanted, _actual, _selector) = (Split(wanted), Split(actual), Split(selector));
    }

    /// <summary>Reads the paths of a definition's version.</summary>
    public static CustomScale Of(TreeMap scale) =>
        new(scale.Text("specReplicasPath") ?? "", scale.Text("statusReplicasPath") ?? "", scale.Text("labelSelectorPath") ?? "");

    public int? Wanted(CustomObject value) => Number(Find(value.Content, _wanted));

    public int Actual(CustomObject value) => Number(Find(value.Content, _actual)) ?? 0;

    public string Selector(CustomObject value) => (Find(value.Content, _selector) as TreeString)?.Value ?? "";

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
