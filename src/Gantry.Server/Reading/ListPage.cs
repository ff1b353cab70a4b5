using System.Globalization;
using Gantry.Server.Handling;
using Gantry.Server.Registry;

namespace Gantry.Server.Reading;

/// <summary>A page of a list, as references into one snapshot; its bytes are only made while they are sent.</summary>
/// <param name="Resource">The resource, in the served version.</param>
/// <param name="Items">In order of namespace and name.</param>
/// <param name="Revision">The revision the whole list is read at; 0 for objects that are not stored.</param>
/// <param name="Continue">Where the next page begins; empty at the end.</param>
/// <param name="Remaining">How many items follow, where that is known.</param>
public sealed record ListPage(ServedResource Resource, IReadOnlyList<StoredObject> Items, long Revision, string Continue, long? Remaining)
{
    /// <summary>The list's resourceVersion; empty where it has none.</summary>
    public string Version => Revision == 0 ? "" : Revision.ToString(CultureInfo.InvariantCulture);
}
