using System.Runtime.CompilerServices;
using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.CustomResources;

/// <summary>
/// What others want to know of a stored definition, without the schemas, which are the most of it: a definition as a whole is read when it changes, and then
/// let go.
/// </summary>
/// <param name="Group">Its group.</param>
/// <param name="Generation">Changes with its spec.</param>
/// <param name="Status">The names it has been given, its conditions, and the versions in which objects may be kept.</param>
/// <param name="Served">The versions that are served.</param>
/// <param name="IsTerminating">Whether it is on its way out.</param>
internal sealed record DefinitionFacts(string Group, long Generation, V1CustomResourceDefinitionStatus Status, IReadOnlyList<string> Served, bool IsTerminating)
{
    private static readonly ConditionalWeakTable<StoredObject, DefinitionFacts> Known = [];

    public static DefinitionFacts Of(StoredObject definition) => Known.GetValue(definition, static d => Of(Read(d)));

    /// <summary>The whole definition, for the caller alone.</summary>
    public static V1CustomResourceDefinition Read(StoredObject definition) => (V1CustomResourceDefinition)definition.Kind.Decode(definition.Json);

    private static DefinitionFacts Of(V1CustomResourceDefinition definition) => new(
        definition.Spec.Group, definition.Metadata.Generation, definition.Status,
        [.. definition.Spec.Versions.Where(v => v.Served).Select(v => v.Name)], definition.Metadata.DeletionTimestamp is not null);
}
