using Gantry.Api.Trees;
using Gantry.Server.Handling;

namespace Gantry.Server.CustomResources;

/// <summary>The fields of custom resources that their schema does not know.</summary>
internal static class CustomFields
{
    /// <summary>Drops the fields; says of each that it is unknown, or why the object cannot be read at all.</summary>
    public static (List<string> Problems, string? Unreadable) Drop(ServedResource resource, TreeMap value)
    {
        if (resource.Custom is not { } custom)
        {
            return ([], null);
        }

        var dropped = new List<string>();
        return custom.Prune(value, dropped) is { } unreadable ? ([], unreadable.ToString()) : (dropped.ConvertAll(d => $"unknown field \"{d}\""), null);
    }
}
