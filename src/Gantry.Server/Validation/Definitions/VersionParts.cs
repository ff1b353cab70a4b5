using Gantry.Api.Models;

namespace Gantry.Server.Validation.Definitions;

/// <summary>What a version of a definition says of its objects.</summary>
internal sealed record VersionParts(
    V1CustomResourceValidation? Schema, V1CustomResourceSubresources? Subresources,
    IReadOnlyList<V1CustomResourceColumnDefinition> Columns, IReadOnlyList<V1SelectableField> Selectable)
{
    public static VersionParts None { get; } = new(null, null, [], []);

    public static VersionParts Of(V1CustomResourceDefinitionVersion version) => new(version.Schema, version.Subresources, version.AdditionalPrinterColumns, version.SelectableFields);
}
